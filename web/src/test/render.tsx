import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";

import { makeQueryClient } from "../app/queryClient";
import { routes } from "../app/routes";
import { ThemeProvider } from "../app/theme";

/** Shows the whole program at `address`. */
export function open(address: string) {
  const client = makeQueryClient();
  const { queries, mutations } = client.getDefaultOptions();
  client.setDefaultOptions({ queries: { ...queries, retry: false }, mutations: { ...mutations, retry: false } });
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  render(
    <ThemeProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>,
  );
  return { user: userEvent.setup(), router };
}
