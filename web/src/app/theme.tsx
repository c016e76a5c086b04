import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "cicd-theme";
const Context = createContext<{ theme: Theme; setTheme: (theme: Theme) => void }>({
  theme: "system",
  setTheme: () => undefined,
});

function stored(): Theme {
  const text = localStorage.getItem(KEY);
  return text === "light" || text === "dark" ? text : "system";
}

/** Light, dark, or as the system has it; remembered in this browser. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    localStorage.setItem(KEY, theme);
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const value = useMemo(() => ({ theme, setTheme }), [theme]);
  return <Context value={value}>{children}</Context>;
}

export function useTheme() {
  return use(Context);
}
