import type { Duck } from "../duckdb.ts";
import { findFiles, type ShipmentsFile } from "./find-files.ts";
import { SampleShipments } from "./sample.ts";

export interface SourceConfig {
  /** A file or a glob; the sample if absent. */
  shipments?: string | undefined;
  sampleDirectory: string;
}

/** Where the shipments come from: the operator's files, looked up anew for each report, or else the sample. */
export class ShipmentsSource implements AsyncDisposable {
  readonly #shipments: string | undefined;
  readonly #sample: SampleShipments;

  constructor(config: SourceConfig, duck: Duck) {
    this.#shipments = config.shipments;
    this.#sample = new SampleShipments(duck, config.sampleDirectory);
  }

  /** Tells `onMaking` before it makes the sample, which takes some seconds once per quarter. */
  async files(now: Date, signal: AbortSignal, onMaking: () => void): Promise<ShipmentsFile[]> {
    if (this.#shipments !== undefined) return findFiles(this.#shipments);
    return [await this.#sample.file(now, signal, onMaking)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sample.settled();
  }
}
