export { generateReport } from "./generate-report.ts";
export { sendEmail } from "./send-email.ts";
