const secretName = /(SEED|PASSWORD|SECRET|CREDS|TOKEN|KEY|HEADERS)$|^SMTP_URL$/;
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)?[^,\s]*@/i;

/** Says a variable's value in a message: nothing of a secret, and no user or password out of a URL. */
export function shown(name: string, value: string): string {
  if (secretName.test(name)) return "is set to a value that is not shown";
  return `is "${value.split(",").map(withoutUserInfo).join(",")}"`;
}

/** Leaves the user and the password out of a URL. */
export function withoutUserInfo(url: string): string {
  return url.replace(userInfo, (_, scheme: string | undefined) => `${scheme ?? ""}***@`);
}
