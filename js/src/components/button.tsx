import type { ButtonHTMLAttributes } from "preact";

/** A button that never sends a form of the host. */
export const Button = (props: ButtonHTMLAttributes<HTMLButtonElement>) => <button type="button" {...props} />;
