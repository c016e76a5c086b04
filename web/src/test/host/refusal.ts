import type { Offer, Permissions, Release } from "cicd-wasm";

import type { Schema } from "../../api/client";

type AnyProblem = { [K in keyof Schema]: K extends `${string}Problem` ? Schema[K] : never }[keyof Schema];
type Told<P> = P extends unknown ? Omit<P, "request_id"> : never;

/** A problem as the document has it, but for the request that it answers. */
export type Problem = Told<AnyProblem>;

/** The host refuses. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export const notFound = (what: string) => new Refused({ type: "/problems/not-found", status: 404, title: "There is no such thing", detail: `there is no ${what}` });

export function invalid(violations: Schema["Violation"][]): Refused {
  const detail = violations.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new Refused({ type: "/problems/invalid", status: 422, title: "The request is invalid", detail, violations });
}

/** Refuses what `permissions` deny. */
export function demand(permissions: Permissions, action: Schema["Action"]): void {
  const found = permissions.actions.find((permission) => permission.action === action);
  if (!found?.allowed) throw denied(action, found?.reason ?? `\`${permissions.principal}\` may not \`${action}\``);
}

function denied(action: Schema["Action"], detail: string): Refused {
  return new Refused({ type: "/problems/denied", status: 403, title: "The caller may not do this", action, detail });
}

/** What the API tells beside the sentence of the rules. */
export interface About {
  release: Release;
  principal: string;
  /** What the release's state takes. */
  allowed: Schema["CommandName"][];
  /** The roles that still lack votes. */
  needed: string[];
  candidates: string[];
}

/** What the rules' refusal of a command is over HTTP. */
export function refusalOf({ command, code, reason: detail }: Extract<Offer, { allowed: false }>, about: About): Refused {
  switch (code) {
    case "denied":
      return denied(actionOf(command, about.release.requester === about.principal), detail);
    case "not_possible":
      return new Refused({ type: "/problems/not-possible", status: 409, title: "The state does not take this command", detail, current_state: about.release.state.status, allowed_commands: about.allowed });
    case "requester_vote":
      return new Refused({ type: "/problems/requester-vote", status: 403, title: "The requester does not vote", detail });
    case "not_eligible":
      return new Refused({ type: "/problems/not-eligible", status: 403, title: "The voter's roles are not asked for", detail, needed_roles: about.needed });
    case "expired":
      return new Refused({ type: "/problems/expired", status: 409, title: "The approval deadline has passed", detail });
    case "nothing_to_promote":
      return new Refused({ type: "/problems/nothing-to-promote", status: 409, title: "There is nothing to promote", detail });
    case "no_rollback":
      return new Refused({ type: "/problems/no-rollback", status: 409, title: "There is no such way back", detail, candidates: about.candidates });
    case "not_retryable":
      return invalid([{ path: "", code, message: detail }]);
    default:
      throw new Error(`the host of the tests has no problem for \`${code}\` of \`${command}\`: ${detail}`);
  }
}

function actionOf(command: Offer["command"], own: boolean): Schema["Action"] {
  if (command === "approve" || command === "reject") return "release.vote";
  if (command === "cancel" && own) return "release.cancel_own";
  return `release.${command}`;
}
