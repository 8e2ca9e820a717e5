import type { TaskRecord } from "@linecook/protocol";

/** An answer of the gateway, read. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A problem as it comes over the wire. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { pointer?: string; parameter?: string; message: string }[];
}

/** Calls a gateway and reads its answer as JSON. */
export async function call<Body>(url: string, init: RequestInit = {}): Promise<Answer<Body>> {
  const response = await fetch(url, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : undefined) as Body,
  };
}

/** Posts JSON. */
export function post<Body>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Body>> {
  return call(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Submits a task and returns its id. Throws when it was not accepted. */
export async function submit(
  gateway: { url: string },
  task: string,
  input: unknown,
  more: object = {},
): Promise<string> {
  const { status, body } = await post<{ task_id: string }>(`${gateway.url}/v1/tasks/${task}`, {
    input,
    ...more,
  });
  if (status !== 202) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body.task_id;
}

/** The record of a task, final or when ten seconds are over. */
export async function ended(gateway: { url: string }, id: string): Promise<TaskRecord> {
  const { body } = await call<TaskRecord>(`${gateway.url}/v1/tasks/${id}`, {
    headers: { prefer: "wait=10" },
  });
  return body;
}
