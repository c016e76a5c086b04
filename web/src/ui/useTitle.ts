import { useEffect } from "react";

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · Releases`;
    return () => { document.title = before; };
  }, [title]);
}
