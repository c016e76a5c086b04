import { lazy } from "react";

/** A chart that can't be loaded is left out: what it tells stands beside it in words. */
const absent = () => ({ default: () => null });

/** The charts, which come when the first of them is shown. */
export const ShareChart = lazy(() => import("./ShareChart").then((room) => ({ default: room.ShareChart }), absent));
export const DurationChart = lazy(() => import("./DurationChart").then((room) => ({ default: room.DurationChart }), absent));
