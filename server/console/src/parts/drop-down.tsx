/** A button in the top line with something below it: Esc and a press elsewhere close it, and the focus comes back. Small, since each page loads it. */
import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface Props {
  /** what the button shows */
  face: ReactNode;
  className: string;
  /** when what the button shows does not say it */
  label?: string;
  /** `menu`: the arrows walk through its items; `dialog`: anything */
  kind: 'menu' | 'dialog';
  /** name of what drops down */
  title: string;
  /** stands above a menu, and is none of its items */
  head?: ReactNode;
  children: (close: () => void) => ReactNode;
}

export function DropDown({ face, className, label, kind, title, head, children }: Props) {
  const id = useId();
  const [opened, setOpened] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpened(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!opened) return;
    const first = listStops(panel.current)[0] ?? panel.current;
    first?.focus();
    const pressed = ({ target }: PointerEvent): void => {
      if (target instanceof Node && root.current?.contains(target) !== true) setOpened(false);
    };
    document.addEventListener('pointerdown', pressed);
    return () => document.removeEventListener('pointerdown', pressed);
  }, [opened]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') close();
    else if (kind === 'menu' && event.key !== 'Tab') {
      const next = findNext(listStops(panel.current), event.key);
      if (next === undefined) return;
      next.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={root}
      className="drop-down"
      // whoever walks on with Tab leaves it behind
      onBlur={({ relatedTarget }) => {
        if (relatedTarget !== null && root.current?.contains(relatedTarget) !== true) setOpened(false);
      }}
    >
      <Button
        ref={button}
        variant="subtle"
        className={className}
        aria-label={label}
        aria-haspopup={kind}
        aria-expanded={opened}
        aria-controls={opened ? id : undefined}
        onClick={() => setOpened(!opened)}
        onKeyDown={(event) => {
          if (kind !== 'menu' || event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpened(true);
        }}
      >
        {face}
      </Button>
      {opened && (
        <div className="drop-panel">
          {head}
          {/* the items are what is reached by keyboard; the list itself only when there is none */}
          <div ref={panel} id={id} role={kind} aria-label={title} tabIndex={-1} onKeyDown={onKeyDown}>
            {children(close)}
          </div>
        </div>
      )}
    </div>
  );
}

function listStops(panel: HTMLElement | null): readonly HTMLElement[] {
  return [...(panel?.querySelectorAll('a, button') ?? [])].flatMap((one) =>
    one instanceof HTMLElement ? [one] : [],
  );
}

/** Round and round, as menus do. */
function findNext(stops: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const at = stops.findIndex((one) => one === document.activeElement);
  const step = { ArrowDown: at + 1, ArrowUp: at - 1 + stops.length, Home: 0, End: stops.length - 1 }[key];
  return step === undefined ? undefined : stops[step % Math.max(1, stops.length)];
}
