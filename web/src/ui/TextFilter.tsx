import { type InputHTMLAttributes, useEffect, useEffectEvent, useState } from "react";

const STILL_MS = 300;

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> {
  value: string;
  onChange: (value: string) => void;
}

/** A text that the address keeps. It is told once nobody has typed for a moment: the host isn't asked at each key, and no key is lost. */
export function TextFilter({ value, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  const [seen, setSeen] = useState(value);
  // The address changed by another hand, such as the browser's way back; one's own change comes late and is old by then.
  if (value !== seen) {
    setSeen(value);
    if (value !== told) {
      setTold(value);
      setTyped(value);
    }
  }
  const tell = useEffectEvent(() => {
    setTold(typed);
    onChange(typed);
  });
  useEffect(() => {
    if (typed === told) return undefined;
    const timer = setTimeout(tell, STILL_MS);
    return () => clearTimeout(timer);
  }, [typed, told]);
  return <input autoComplete="off" {...rest} value={typed} onChange={(event) => setTyped(event.target.value)} />;
}
