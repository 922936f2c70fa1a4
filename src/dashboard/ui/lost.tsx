// Where an address leads nowhere, and where a page breaks: by a fault of ours, or because a newer build is there.
import { Link } from '@tanstack/react-router';
import { Button } from './button.js';
import { Page } from './page.js';
import { Empty } from './states.js';

export function Lost() {
  return (
    <Page title="There is nothing here">
      <div className="card">
        <Empty icon="search" title="This page does not exist">
          <Link to="/" className="font-medium text-accent underline">
            Go to the start
          </Link>
        </Empty>
      </div>
    </Page>
  );
}

export function Broken() {
  return (
    <Page title="This page did not open">
      <div className="card">
        <Empty icon="warning" title="Something went wrong while it was opened">
          <p className="mb-4">A newer version may be there, or the connection was lost.</p>
          <Button onClick={() => location.reload()}>Load it again</Button>
        </Empty>
      </div>
    </Page>
  );
}
