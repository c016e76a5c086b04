import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Action, denied } from "../../api/modules/permissions";
import { command, type CommandName, type PlainCommand, type ReleaseDetail } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";
import { useSession } from "../../app/session";
import { Consequences } from "./Consequences";
import { consequences } from "./acts";
import { usePermissions } from "./usePermissions";

interface Question {
  title: string;
  effect: string;
  danger: boolean;
  confirmation?: string;
}

const COMMANDS: { name: PlainCommand; effect: string }[] = [
  { name: "resume", effect: "goes on with the next step" },
  { name: "promote", effect: "skips the remaining steps: everybody gets it" },
  { name: "pause", effect: "stops before the next step" },
  { name: "cancel", effect: "withdraws the request" },
];

/** What is asked for before it is done: what everybody gets at once, and what takes votes away. */
function questionOf(name: PlainCommand, { tier, service, version, votes }: ReleaseDetail): Question | undefined {
  if (name === "promote" && tier === "production") {
    return { title: "Promote", effect: `Everybody gets ${version} now: the pauses and analyses that are left are skipped.`, danger: false, confirmation: service };
  }
  if (name !== "cancel") return undefined;
  const lost = votes.length > 0 ? " The votes that it has count for no other." : "";
  return { title: "Cancel the release", effect: `The request to release ${version} is withdrawn, and can't be taken up again.${lost}`, danger: true };
}

/** The rights of which one is enough for a command. */
function actionsOf(name: PlainCommand, own: boolean): Action[] {
  return name === "cancel" && own ? ["release.cancel_own", "release.cancel"] : [`release.${name}`];
}

/** The commands that the release takes now, the first of them as the one to press; named as in the API. */
export function Commands({ release }: { release: ReleaseDetail }) {
  const client = useQueryClient();
  const permissions = usePermissions(release.content.deployment);
  const { principal } = useSession();
  const refusal = (name: PlainCommand) => denied(permissions, actionsOf(name, release.requester === principal));
  const run = useKeyed((name: PlainCommand, key) => command(release.id, name, key), {
    onSettled: () => client.invalidateQueries({ queryKey: ["release", release.id] }),
  });
  const [asked, setAsked] = useState<PlainCommand>();
  const question = asked && questionOf(asked, release);
  const press = (name: PlainCommand) => {
    run.reset();
    if (questionOf(name, release)) setAsked(name);
    else run.mutate(name);
  };
  const allowed = COMMANDS.filter(({ name }) => release.allowed_commands.includes(name satisfies CommandName));
  if (allowed.length === 0 && consequences(release).length === 0) return null;
  return (
    <section className="commands" aria-label="Commands">
      {allowed.map(({ name, effect }, index) => (
        <div key={name}>
          <Button
            primary={index === 0 && name !== "cancel"}
            onPress={() => press(name)}
            disabledReason={refusal(name)}
            pending={run.isPending && run.variables === name}
          >
            {name.charAt(0).toUpperCase() + name.slice(1)}
          </Button>
          <small className="muted">{effect}</small>
        </div>
      ))}
      <Consequences release={release} permissions={permissions} />
      {!question && <ActionFailure error={run.error} />}
      {question && (
        <ConfirmDialog
          {...question}
          pending={run.isPending}
          error={run.error}
          onConfirm={() => run.mutate(asked, { onSuccess: () => setAsked(undefined) })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}
