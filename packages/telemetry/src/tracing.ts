/** Under this name every span of this system is made. */
export const tracerName = "linecook";

// The OpenTelemetry API is one per process, and so is this switch beside it: the API has no cheap way to ask.
let tracing = false;

/** Says whether spans are recorded in this process; check it before building anything only a span needs. */
export function isTracing(): boolean {
  return tracing;
}

/** Turns the spans of this package on or off, as the SDK behind them starts or stops. */
export function switchTracing(on: boolean): void {
  tracing = on;
}
