// Where the focus goes when what had it is taken from the page, by what it did itself or by news: to the heading of the part
// that it stood in. Whoever goes by keyboard or listens would else begin at the top again.

/** Pixels. Whoever has scrolled further has left the place: the row of a long list is only out of sight. */
const FAR = 300;

export function keepFocus(): () => void {
  let path: Element[] = [];
  let place = 0;
  const note = ({ target }: FocusEvent) => {
    path = withParents(target as Element);
    place = scrollY;
  };
  const look = () => {
    const [last] = path;
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    if (Math.abs(scrollY - place) < FAR) headingAbove(path)?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  addEventListener('focusin', note);
  return () => {
    observer.disconnect();
    removeEventListener('focusin', note);
  };
}

function withParents(from: Element): Element[] {
  const path: Element[] = [];
  for (let one: Element | null = from; one; one = one.parentElement) path.push(one);
  return path;
}

/** The first one in the nearest part that is still there. */
function headingAbove(path: readonly Element[]): HTMLElement | null {
  for (const part of path) {
    const heading = part.isConnected && part.querySelector<HTMLElement>('h1, h2');
    if (!heading) continue;
    heading.tabIndex = -1;
    return heading;
  }
  return null;
}
