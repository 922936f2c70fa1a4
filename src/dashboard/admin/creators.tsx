// Everybody who can be paid, and whether Stripe lets them.
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { usePages } from '../api/lists.js';
import { type CreatorFilter, CreatorsDocument, type CreatorsQuery } from '../gql/graphql.js';
import { type Column, Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { SearchField } from '../ui/search.js';
import { Empty } from '../ui/states.js';
import { TAB, Tabs } from '../ui/tabs.js';
import { Code, When } from '../ui/values.js';
import { Ready } from './ready.js';

type Creator = NonNullable<CreatorsQuery['creators']>['nodes'][number];

const COLUMNS: Column<Creator>[] = [
  {
    id: 'creator',
    head: 'Creator',
    cell: ({ id, displayName, email }) => (
      <>
        <Link
          to="/creators/$id"
          params={{ id } as never}
          data-row-link
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {displayName}
        </Link>
        <span className="block truncate text-sm text-muted">{email}</span>
      </>
    ),
  },
  {
    id: 'their',
    head: 'Their id on the platform',
    cell: ({ externalId }) => externalId && <Code>{externalId}</Code>,
    className: 'hidden w-64 lg:table-cell',
  },
  {
    id: 'since',
    head: 'Since',
    cell: ({ createdAt }) => <When at={createdAt} />,
    className: 'hidden w-52 text-muted md:table-cell',
  },
  {
    id: 'payment',
    head: 'Payment',
    cell: ({ transfersEnabled }) => <Ready is={transfersEnabled} />,
    className: 'w-44 text-right',
  },
];

/** What stands in the address. */
interface CreatorSearch {
  q?: string;
  can?: 'paid' | 'not';
}

const CHOICES: { can?: CreatorSearch['can']; label: string }[] = [
  { label: 'All' },
  { can: 'paid', label: 'Can be paid' },
  { can: 'not', label: 'Set-up not finished' },
];

const filterOf = ({ q, can }: CreatorSearch): CreatorFilter => ({
  ...(q && { search: String(q) }),
  ...(can && { transfersEnabled: can === 'paid' }),
});

export function Creators() {
  const search: CreatorSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (next: CreatorSearch) => {
    const { q, can } = { ...search, ...next };
    const tidy = { ...(q && { q }), ...(can && { can }) };
    void navigate({ to: '.', search: tidy as never, replace: true, resetScroll: false });
  };
  const pages = usePages<Creator>({
    document: CreatorsDocument,
    variables: { filter: filterOf(search) },
    select: (data) => (data as CreatorsQuery | undefined)?.creators,
  });
  return (
    <Page title="Creators">
      <search className="grid gap-3">
        <SearchField
          label="Search creators"
          hint="Name, e-mail or id"
          value={String(search.q ?? '')}
          change={(q) => change({ q })}
        />
        <Tabs label="Payment">
          {CHOICES.map(({ can, label }) => (
            <button
              key={label}
              type="button"
              aria-pressed={search.can === can}
              onClick={() => change({ can })}
              className={TAB}
            >
              {label}
            </button>
          ))}
        </Tabs>
      </search>
      <section aria-label="List of creators" className="card mt-4 overflow-clip">
        <Endless
          label="Creators"
          pages={pages}
          columns={COLUMNS}
          empty={<NoCreators isFiltered={Boolean(search.q ?? search.can)} />}
        />
      </section>
    </Page>
  );
}

const NoCreators = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty icon="search" title="No creator fits">
      <Link to="/creators" className="font-medium text-accent underline">
        Show all creators
      </Link>
    </Empty>
  ) : (
    <Empty icon="creators" title="No creators yet">
      They come with the first import, or from your platform.
    </Empty>
  );
