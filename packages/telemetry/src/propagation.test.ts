import { context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { describe, expect, it, vi } from "vitest";
import { activeTraceId, extractContext, injectContext } from "./propagation.ts";
import { startPublishSpan, withSpan } from "./spans.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("with tracing off", () => {
  it("headers are neither read nor written", () => {
    const carrier = { get: vi.fn(() => traceparent), set: vi.fn() };
    injectContext(carrier);
    expect(extractContext(carrier)).toBe(ROOT_CONTEXT);
    expect(carrier.get).not.toHaveBeenCalled();
    expect(carrier.set).not.toHaveBeenCalled();
  });

  it("there is no trace to speak of", () => {
    const span: Span = startPublishSpan({ task: "make_tea", taskId: "make_tea-1", attempt: 1, lane: "low" });
    expect(span.isRecording()).toBe(false);
    expect(withSpan(span, activeTraceId)).toBeUndefined();
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});
