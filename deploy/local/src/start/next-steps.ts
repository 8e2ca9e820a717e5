import type { FirstReport } from "./first-report.ts";

/** Where to look next: each a name and what to open or to type. All of it works as it stands. */
export function nextSteps(gatewayUrl: string, report: FirstReport): [name: string, what: string][] {
  const artifacts = report.result?.artifacts ?? [];
  const mail = `{"input": {"to": "ada@example.com", "subject": "Hello", "text": "It works."}}`;
  return [
    ...artifacts.map(({ url }): [string, string] => ["the report", `${gatewayUrl}${url}`]),
    ["the API", `${gatewayUrl}/docs`],
    ["another one", `curl -X POST ${gatewayUrl}/start-report/8`],
    ["its status", `curl ${gatewayUrl}/task-status/${report.taskId}`],
    ["live", `curl -N ${gatewayUrl}/v1/events`],
    ["a mail", `curl ${gatewayUrl}/v1/tasks/send_email -H 'content-type: application/json' -d '${mail}'`],
  ];
}
