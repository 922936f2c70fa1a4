// From a file to statements: it is chosen, looked at, and imported as it was looked at.
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Answer, type ImportReport, type ImportWish, type Refused, sendFile } from '../api/import.js';
import { plural } from '../format/import-words.js';
import { count, money, percent } from '../format/locale.js';
import { Button, buttonClass } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Icon } from '../ui/icons.js';
import { say } from '../ui/toast.js';
import { ChooseFile } from './statement-file.js';
import { ReportCard } from './statement-report.js';
import { periodOf } from './statement-sums.js';

type Stage =
  | { at: 'start'; refused?: Refused; isBack?: true }
  | { at: 'sending'; file: File; wish: ImportWish; share: number }
  | { at: 'looked'; file: File; wish: ImportWish; report: ImportReport }
  | { at: 'done'; report: ImportReport };

const LOOK: ImportWish = { dryRun: true, skipBad: false, allowOverlap: false };

export function Import({ done }: { done: () => void }) {
  const [stage, setStage] = useState<Stage>({ at: 'start' });
  const { send, cancel } = useSending(setStage, done);
  if (stage.at === 'sending') return <Sending stage={stage} cancel={cancel} />;
  if (stage.at === 'start') {
    const choose = (file: File) => void send(file, LOOK);
    return (
      <Arrived quiet={!stage.isBack}>
        <ChooseFile refused={stage.refused} choose={choose} />
      </Arrived>
    );
  }
  const again = () => setStage({ at: 'start', isBack: true });
  if (stage.at === 'done') return <Done report={stage.report} again={again} />;
  const { file, wish, report } = stage;
  return (
    <Arrived>
      <ReportCard
        report={report}
        overlapAllowed={wish.allowOverlap}
        allowOverlap={(allowOverlap) => void send(file, { ...LOOK, allowOverlap })}
        go={(skipBad) =>
          void send(file, { ...wish, skipBad, dryRun: false, expectedCents: report.totals.amountCents })
        }
        again={again}
      />
    </Arrived>
  );
}

/** One file at a time. What is only looked at ends with the page; an import goes on. */
function useSending(setStage: (stage: Stage) => void, done: () => void) {
  const sending = useRef<{ call: AbortController; isLook: boolean }>(undefined);
  useEffect(() => () => void (sending.current?.isLook && sending.current.call.abort()), []);
  async function send(file: File, wish: ImportWish): Promise<void> {
    const call = new AbortController();
    sending.current = { call, isLook: wish.dryRun };
    const onSent = (share: number) => setStage({ at: 'sending', file, wish, share });
    onSent(0);
    const answer = await sendFile(file, wish, onSent, call.signal).catch(() => null);
    sending.current = undefined;
    if (!answer) return setStage({ at: 'start', isBack: true });
    if (isOld(answer)) {
      say('Something has changed since you looked');
      return send(file, { ...LOOK, allowOverlap: wish.allowOverlap });
    }
    if ('problem' in answer) return setStage({ at: 'start', refused: answer });
    const { report } = answer;
    if (report.outcome !== 'imported') return setStage({ at: 'looked', file, wish, report });
    say(`${count(report.totals.statements)} statements are in`);
    done();
    setStage({ at: 'done', report });
  }
  return { send, cancel: () => sending.current?.call.abort() };
}

/** What was looked at is not what would go in now: somebody else's import lies between. */
const isOld = (answer: Answer): boolean =>
  'problem' in answer ? answer.code === 'TOTAL_CHANGED' : answer.report.outcome === 'refused';

/** What has come takes the focus: the button that led there is gone. */
function Arrived({ quiet = false, children }: { quiet?: boolean; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!quiet) place.current?.focus({ preventScroll: true });
  }, [quiet]);
  return (
    <div ref={place} tabIndex={-1} className="outline-none">
      {children}
    </div>
  );
}

interface SendingProps {
  stage: Extract<Stage, { at: 'sending' }>;
  cancel: () => void;
}

function Sending({ stage: { file, wish, share }, cancel }: SendingProps) {
  const isSent = share >= 1;
  const doing = wish.dryRun ? 'Reading the file' : 'Importing';
  return (
    <Card title={file.name} className="wrap-anywhere">
      <div className="grid gap-4 px-5 pb-5">
        <p aria-live="polite" className="text-muted">
          {isSent ? `${doing}…` : 'Sending the file…'} {!isSent && share > 0 && percent(share)}
        </p>
        <div
          role="progressbar"
          aria-label={isSent ? doing : 'How much of the file has been sent'}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={isSent ? undefined : Math.round(share * 100)}
          className="h-2.5 overflow-hidden rounded-full bg-sunken"
        >
          <div
            className={`h-full bg-accent transition-[width] ${isSent ? 'animate-pulse' : ''}`}
            style={{ width: `${share * 100}%` }}
          />
        </div>
        {/* From then on it may have gone in. */}
        {(wish.dryRun || !isSent) && (
          <div>
            <Button small onClick={cancel}>
              Cancel
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Done({ report, again }: { report: ImportReport; again: () => void }) {
  const { totals, currency, statements } = report;
  const { from, to } = periodOf(statements);
  return (
    <Arrived>
      <Card title={report.fileName} className="wrap-anywhere">
        <div className="grid justify-items-center gap-1 px-6 pt-6 pb-10 text-center">
          <span className="mb-3 grid size-11 place-items-center rounded-full bg-good-soft text-good">
            <Icon name="check" size={20} />
          </span>
          <p className="font-semibold">
            {plural(count(totals.statements), totals.statements, 'statement is in', 'statements are in')}
          </p>
          <p className="text-muted">
            {money(Number(totals.amountCents), currency)}. Nothing is paid yet: a run does that.
          </p>
          <div className="mt-4 flex flex-wrap justify-center gap-2">
            <Button onClick={again}>Another file</Button>
            <Link to="/runs" search={{ from, to } as never} className={buttonClass('main')}>
              See what would be paid
            </Link>
          </div>
        </div>
      </Card>
    </Arrived>
  );
}
