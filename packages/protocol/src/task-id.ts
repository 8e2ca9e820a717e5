import { ProtocolError } from "./protocol-error.ts";
import { checkTaskName } from "./task-name.ts";

/** What a task id looks like: the task's name, a hyphen, and a suffix that nobody can guess. */
export const taskIdPattern: RegExp = /^([a-z][a-z0-9_]{0,62})-([0-9A-Za-z]{22,32})$/;

/** The two parts of a task id. */
export interface TaskIdParts {
  /** The task's name. */
  task: string;
  /** The unguessable suffix: the last token of every subject and key of this task. */
  uid: string;
}

/**
 * A new task id: the task's name and 22 characters of base 62, 131 random bits from the platform's
 * cryptographic generator. Who knows an id may read and follow its task, so ids must not be guessable.
 * Throws a {@link ProtocolError} when `task` is no task name.
 */
export function newTaskId(task: string): string {
  return `${checkTaskName(task)}-${randomSuffix()}`;
}

/** The parts of a task id, or `undefined` when the text is none. */
export function parseTaskId(text: string): TaskIdParts | undefined {
  const match = taskIdPattern.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { task: match[1], uid: match[2] };
}

/** The parts of a task id. Throws a {@link ProtocolError} `bad_task_id` when the text is none. */
export function taskIdParts(id: string): TaskIdParts {
  const parts = parseTaskId(id);
  if (parts !== undefined) return parts;
  throw new ProtocolError(
    "bad_task_id",
    `"${id.slice(0, 120)}" is no task id: expected <task name>-<22 to 32 letters and digits>`,
  );
}

/**
 * The id of a task that follows from what its submitter said: the same digest makes the same id, on any machine. The id
 * holds 131 bits of it, so digest only what nobody else can guess.
 * Throws a {@link ProtocolError} when `task` is no task name.
 */
export function taskIdFrom(task: string, digest: bigint): string {
  let suffix = "";
  for (let rest = digest; suffix.length < suffixLength; rest /= 62n) suffix += alphabet[Number(rest % 62n)];
  return `${checkTaskName(task)}-${suffix}`;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const suffixLength = 22;

// One call to the generator serves many ids: asking for each byte apart would be most of the cost of an id.
const pool = new Uint8Array(4096);
let used = pool.length;

function randomSuffix(): string {
  let suffix = "";
  while (suffix.length < suffixLength) {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const byte = (pool[used++] ?? 0) & 63;
    // 62 and 63 are drawn again, so that every character is equally likely.
    if (byte < 62) suffix += alphabet[byte];
  }
  return suffix;
}
