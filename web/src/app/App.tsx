import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";

import { basePath } from "../api/base";
import { makeQueryClient } from "./queryClient";
import { routes } from "./routes";
import { ThemeProvider } from "./theme";

/** The pages, under whatever prefix the host serves them. */
export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(() => createBrowserRouter(routes, { basename: basePath() || "/" }));
  return (
    <ThemeProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
