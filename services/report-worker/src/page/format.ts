const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat("en-GB", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const tickPercent = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const longDay = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** What stands where there is nothing to measure. */
export const none = "–";

export function formatCount(count: number): string {
  return whole.format(count);
}

export function formatRate(rate: number | null): string {
  return rate === null ? none : percent.format(rate);
}

/** For an axis: without a digit that is zero at every tick. */
export function formatRateTick(rate: number): string {
  return tickPercent.format(rate);
}

export function formatDays(days: number | null): string {
  return days === null ? none : oneDigit.format(days);
}

export function formatWeight(kilograms: number): string {
  return kilograms >= 10_000 ? `${oneDigit.format(kilograms / 1000)} t` : `${whole.format(kilograms)} kg`;
}

/** `price` writes the cents, `cost` rounds to whole units. */
export function moneyFormat(currency: string): {
  price(amount: number | null): string;
  cost(amount: number): string;
} {
  const price = new Intl.NumberFormat("en-GB", { style: "currency", currency, minimumFractionDigits: 2 });
  const cost = new Intl.NumberFormat("en-GB", { style: "currency", currency, maximumFractionDigits: 0 });
  return {
    price: (amount) => (amount === null ? none : price.format(amount)),
    cost: (amount) => cost.format(amount),
  };
}

/** `day` and `time` are ISO strings. */
export function formatDay(day: string): string {
  return longDay.format(new Date(day));
}

export function formatShortDay(day: string): string {
  return shortDay.format(new Date(day));
}

export function formatTime(time: string): string {
  return `${minute.format(new Date(time))} UTC`;
}
