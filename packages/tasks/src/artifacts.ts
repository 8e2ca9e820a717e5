import { artifactName, names } from "@linecook/protocol";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { type NatsConnection, headers as newHeaders } from "nats";
import { readObject } from "./read-object.ts";
import { TasksError } from "./tasks-error.ts";

/** The bytes of a file: at once, as text, or as a stream for what is large. */
export type ArtifactData = Uint8Array | string | ReadableStream<Uint8Array>;

/** What can be said of a file when it is put. */
export interface ArtifactOptions {
  /** Its media type. @default "application/octet-stream" */
  contentType?: string;
}

/** A file that a task made. */
export interface Artifact {
  file: string;
  /** In bytes. */
  size: number;
  contentType: string;
}

const filePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const contentTypeHeader = "Content-Type";
const defaultType = "application/octet-stream";

/** The files that tasks made, in the object store. */
export class Artifacts {
  readonly #connection: NatsConnection;
  #store: Promise<ObjectStore> | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Keeps a file of a task, in place of one of the same name. Throws a `TasksError` `bad_artifact_name`. */
  async put(
    taskId: string,
    file: string,
    data: ArtifactData,
    options: ArtifactOptions = {},
  ): Promise<Artifact> {
    if (!filePattern.test(file)) {
      throw new TasksError(
        "bad_artifact_name",
        `"${file}" cannot name a file: use letters, digits, ".", "_" and "-", at most 128, a letter or digit first`,
      );
    }
    const contentType = options.contentType ?? defaultType;
    const carrier = newHeaders();
    carrier.set(contentTypeHeader, contentType);
    const store = await this.#open();
    const info = await store.put({ name: artifactName(taskId, file), headers: carrier }, asStream(data));
    return { file, size: info.size, contentType };
  }

  /** A file of a task. Throws a `TasksError` `artifact_not_found` when there is none, or no longer. */
  async get(taskId: string, file: string): Promise<Artifact & { data: ReadableStream<Uint8Array> }> {
    const store = await this.#open();
    const info = filePattern.test(file) ? await store.info(artifactName(taskId, file)) : null;
    if (info === null || info.deleted) {
      throw new TasksError("artifact_not_found", `${taskId} has no file "${file}"`);
    }
    const contentType = info.headers?.get(contentTypeHeader) || defaultType;
    const data = ReadableStream.from(readObject(this.#connection, info));
    return { file, size: info.size, contentType, data };
  }

  #open(): Promise<ObjectStore> {
    this.#store ??= new Objm(this.#connection).open(names.artifacts).catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    });
    return this.#store;
  }
}

function asStream(data: ArtifactData): ReadableStream<Uint8Array> {
  if (data instanceof ReadableStream) return data;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
