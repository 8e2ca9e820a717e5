import type { Column } from "./columns.ts";

/** Why a row is left out of every number: what it is called, what it means, and how SQL sees it. */
export interface Reason {
  name: string;
  meaning: string;
  /** A condition over the typed columns; `raw_…` is what the file says. */
  when: string;
  /** What the file says in these columns is shown with the examples. */
  shows: readonly Column[];
}

/** Words that stand in the carrier column of a row whose carrier nobody knows. */
const noCarrier = ["unknown", "n/a", "na", "none", "null", "nil", "tbd", "-", "?"];

/** A row is counted once, for the first reason that holds. */
export const reasons: readonly Reason[] = [
  {
    name: "no_user",
    meaning: "user_id is no whole number, so the row is nobody's; such rows are named in everybody's reports",
    when: "user_id IS NULL OR user_id <> floor(user_id)",
    shows: ["user_id"],
  },
  {
    name: "no_shipment_id",
    meaning: "shipment_id is blank",
    when: "shipment_id IS NULL",
    shows: ["carrier"],
  },
  {
    name: "no_shipping_date",
    meaning: "shipped_at is no date; such rows are in the report of every period",
    when: "shipped_at IS NULL",
    shows: ["shipped_at"],
  },
  {
    name: "unknown_carrier",
    meaning: "carrier is blank, or a word for not knowing",
    when: `carrier IS NULL OR lower(carrier) IN (${noCarrier.map((word) => `'${word}'`).join(", ")})`,
    shows: ["carrier"],
  },
  {
    name: "no_lane",
    meaning: "origin or destination is blank",
    when: "origin IS NULL OR destination IS NULL",
    shows: ["origin", "destination"],
  },
  {
    name: "no_promised_date",
    meaning: "promised_at is no date, so on time has no meaning",
    when: "promised_on IS NULL",
    shows: ["promised_at"],
  },
  {
    name: "promised_before_shipped",
    meaning: "promised_at lies before the day of shipping",
    when: "promised_on < shipped_at::DATE",
    shows: ["shipped_at", "promised_at"],
  },
  {
    name: "bad_delivery_date",
    meaning: "delivered_at is neither blank nor a date",
    when: "delivered_at IS NULL AND raw_delivered_at IS NOT NULL",
    shows: ["delivered_at"],
  },
  {
    name: "delivered_before_shipped",
    meaning: "delivered_at lies before shipped_at",
    // A bare date is midnight: on the day of shipping that is no contradiction.
    when: "delivered_at < shipped_at AND delivered_at <> date_trunc('day', shipped_at)",
    shows: ["shipped_at", "delivered_at"],
  },
  {
    name: "transit_over_a_year",
    meaning: "more than 366 days lie between shipped_at and delivered_at",
    when: "delivered_at - shipped_at > INTERVAL 366 DAY",
    shows: ["shipped_at", "delivered_at"],
  },
  {
    name: "bad_weight",
    meaning: "weight_kg is no number above zero",
    when: "weight_kg IS NULL OR weight_kg <= 0",
    shows: ["weight_kg"],
  },
  {
    name: "bad_cost",
    meaning: "cost is no number, or below zero",
    when: "cost IS NULL OR cost < 0",
    shows: ["cost"],
  },
];

/** Found after all rows are read: the same shipment_id again. */
export const duplicate = {
  name: "duplicate_shipment_id",
  meaning: "another row has the same shipment_id; the one delivered last is counted",
};

/** Found by the CSV reader: a line that has too few values or is not UTF-8. */
export const unreadableLine = {
  name: "unreadable_line",
  meaning:
    "the line has too few values, an open quote or bytes that are no UTF-8; such lines are in every report",
};
