import type { RouteObject } from "react-router";

import { ApprovalsPage } from "../pages/approvals/ApprovalsPage";
import { NotFound } from "../pages/NotFound";
import { OverviewPage } from "../pages/overview/OverviewPage";
import { ReleasePage } from "../pages/release/ReleasePage";
import { Loading } from "../ui/states";
import { PageFailure } from "./PageFailure";
import { SessionGate } from "./session";
import { Shell } from "./Shell";

/** Every page and its address. */
export const routes: RouteObject[] = [
  {
    element: <SessionGate><Shell /></SessionGate>,
    errorElement: <PageFailure />,
    hydrateFallbackElement: <Loading what="the page" />,
    children: [
      { path: "/", element: <OverviewPage /> },
      { path: "/approvals", element: <ApprovalsPage /> },
      { path: "/releases", lazy: async () => ({ Component: (await import("../pages/releases/ReleasesPage")).ReleasesPage }) },
      { path: "/releases/:id", element: <ReleasePage /> },
      { path: "/services", lazy: async () => ({ Component: (await import("../pages/service/ServicesPage")).ServicesPage }) },
      { path: "/register", lazy: async () => ({ Component: (await import("../pages/register/RegisterServicePage")).RegisterServicePage }) },
      { path: "/services/:service", lazy: async () => ({ Component: (await import("../pages/service/ServicePage")).ServicePage }) },
      { path: "/services/:service/about", lazy: async () => ({ Component: (await import("../pages/settings/SettingsPage")).AboutPage }) },
      { path: "/services/:service/deployment", lazy: async () => ({ Component: (await import("../pages/register/NewDeploymentPage")).NewDeploymentPage }) },
      { path: "/services/:service/release", lazy: async () => ({ Component: (await import("../pages/newRelease/NewReleasePage")).NewReleasePage }) },
      { path: "/services/:service/settings/:deployment?/:part?", lazy: async () => ({ Component: (await import("../pages/settings/SettingsPage")).SettingsPage }) },
      { path: "/services/:service/timeline", lazy: async () => ({ Component: (await import("../pages/timeline/TimelinePage")).TimelinePage }) },
      { path: "/governance", lazy: async () => ({ Component: (await import("../pages/governance/GovernancePage")).GovernancePage }) },
      { path: "/governance/access", lazy: async () => ({ Component: (await import("../pages/governance/AccessPage")).AccessPage }) },
      { path: "/governance/sources", lazy: async () => ({ Component: (await import("../pages/governance/SourcesPage")).SourcesPage }) },
      { path: "/governance/sources/new", lazy: async () => ({ Component: (await import("../pages/governance/NewSourcePage")).NewSourcePage }) },
      { path: "/governance/sources/:id/settings", lazy: async () => ({ Component: (await import("../pages/governance/SourceSettingsPage")).SourceSettingsPage }) },
      { path: "/governance/sources/:id", lazy: async () => ({ Component: (await import("../pages/governance/SourcePage")).SourcePage }) },
      { path: "/audit", lazy: async () => ({ Component: (await import("../pages/audit/AuditPage")).AuditPage }) },
      { path: "/audit/:chain/:seq", lazy: async () => ({ Component: (await import("../pages/audit/EventPage")).EventPage }) },
      { path: "/ci-runs/:id", lazy: async () => ({ Component: (await import("../pages/runs/RunPage")).RunPage }) },
      { path: "*", element: <NotFound /> },
    ],
  },
];
