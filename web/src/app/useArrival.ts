import { type RefObject, useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** Brings the focus to another page's content, where keys and screen readers go on; what has the focus within it keeps it. */
export function useArrival(): RefObject<HTMLElement | null> {
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    if (!content.current?.contains(document.activeElement)) content.current?.focus({ preventScroll: true });
  }, [pathname]);
  return content;
}
