import { useMutation, useQuery } from "@tanstack/react-query";
import { NavLink, Outlet, ScrollRestoration } from "react-router";

import { myApprovals } from "../api/modules/approvals";
import { signOut } from "../api/modules/session";
import { Button } from "../ui/Button";
import { ActionFailure } from "../ui/states";
import { useLeave, useSession } from "./session";
import { type Theme, useTheme } from "./theme";
import { useArrival } from "./useArrival";
import { type Connection, useLive } from "./useLive";

/** What surrounds every page: navigation, who is signed in, whether news arrive. */
export function Shell() {
  const connection = useLive();
  const content = useArrival();
  return (
    <div className="shell">
      <a className="skip" href="#content">Skip to the content</a>
      <header className="shell-bar">
        <NavLink to="/" className="brand"><span className="brand-mark" aria-hidden="true">✓</span>Releases</NavLink>
        <Navigation />
        <div className="shell-end">
          <ConnectionNote connection={connection} />
          <ThemeSwitch />
          <Account />
        </div>
      </header>
      {connection === "lost" && <p className="banner" role="status">The connection to the host is lost: what you see may be old. Trying again…</p>}
      {connection === "refused" && <p className="banner" role="status">The host gives this browser no news now: what you see grows old until you read it again. Trying again…</p>}
      <main id="content" tabIndex={-1} ref={content}><Outlet /></main>
      <ScrollRestoration />
    </div>
  );
}

function Navigation() {
  const inbox = useQuery({ queryKey: ["inbox"], queryFn: () => myApprovals() });
  const waiting = inbox.data?.items.length ?? 0;
  return (
    <nav aria-label="Main">
      <NavLink to="/" end>Overview</NavLink>
      <NavLink to="/services">Services</NavLink>
      <NavLink to="/releases" end>Releases</NavLink>
      <NavLink to="/approvals">
        Approvals{waiting > 0 && <span className="count"><span className="sr-only">, waiting for you: </span>{waiting}{inbox.data?.next ? "+" : ""}</span>}
      </NavLink>
      <NavLink to="/governance">Governance</NavLink>
      <NavLink to="/audit">Audit</NavLink>
    </nav>
  );
}

const CONNECTIONS: Record<Connection, string> = { connecting: "Connecting…", live: "Live", lost: "Offline", refused: "No news" };

function ConnectionNote({ connection }: { connection: Connection }) {
  return <span className={`connection ${connection}`} role="status"><span aria-hidden="true" className="dot" />{CONNECTIONS[connection]}</span>;
}

function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  return (
    <label className="theme-switch">
      <span className="sr-only">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
        <option value="system">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

function Account() {
  const session = useSession();
  const leave = useLeave();
  const leaving = useMutation({
    mutationFn: () => signOut(session),
    onSuccess: leave,
  });
  return (
    <div className="account">
      <span title={session.roles.join(", ")}>{session.principal}</span>
      <Button quiet onPress={() => leaving.mutate()} pending={leaving.isPending}>Sign out</Button>
      <ActionFailure error={leaving.error} />
    </div>
  );
}
