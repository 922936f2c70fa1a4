// Lints schema.graphql by GraphQL-ESLint's recommended and Relay rules: `npm run lint:schema`. Each exception says why.
import graphql from '@graphql-eslint/eslint-plugin';

const { rules: recommended } = graphql.configs['flat/schema-recommended'];
const { rules: relay } = graphql.configs['flat/schema-relay'];

/** Their values stand in the database, in logs and at the alert channels too, by the very same names. */
const LOWER_CASE_ENUMS = '/^(AlertRule|DifferenceKind|WebhookOutcome)$/';

/** Parts of an answer, and none that a client would cache or ask for again by itself: they have no id. */
const WITHOUT_ID = {
  suffixes: ['Connection', 'Edge', 'Error', 'Payload'],
  types: [
    'AuditEvent', // its chain and its sequence name it
    'CreatorReadiness', // its creator names it
    'PageInfo',
    'PayoutAnalytics', // figures: they have no id
    'PayoutAnalyticsBucket',
    'PayoutApproval', // there is one for each payout
    'PayoutAttempt', // its payout and its number name it
    'PayoutEmail', // its payout, and what it tells when, name it
    'PayoutFigures',
    'PayoutRunBalance',
    'PayoutRunExclusion',
    'PayoutRunFigure',
    'PayoutRunPreview',
    'PayoutRunProgress',
    'PayoutRunStatement', // its statement names it
    'PayoutStatusChange', // its cursor names it
    'PayoutStatusTotal',
    'PayoutSummary',
    'Processing', // there is one
    'UpsertedCreator', // what a row of a call did, beside the creator
    'UpsertedRoyaltyStatement',
    'Viewer', // there is one
  ],
};

const [, naming] = recommended['@graphql-eslint/naming-convention'];
const { EnumValueDefinition: upperCase, ...otherNames } = naming;

export default [
  {
    files: ['schema.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: './schema.graphql' } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...recommended,
      ...relay,
      '@graphql-eslint/naming-convention': [
        'error',
        {
          ...otherNames,
          [`EnumValueDefinition[parent.name.value!=${LOWER_CASE_ENUMS}]`]: upperCase,
          [`EnumValueDefinition[parent.name.value=${LOWER_CASE_ENUMS}]`]: 'snake_case',
        },
      ],
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: WITHOUT_ID }],
      // A payout's audit is read forwards only: `first` and `after`, without `last` and `before`.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      '@graphql-eslint/relay-edge-types': [
        'error',
        {
          // Short lists are lists: a payout's attempts, the bank's payouts. Connections have `nodes` beside `edges`.
          listTypeCanWrapOnlyEdgeType: false,
          // A row of the audit has no id; see above.
          shouldImplementNode: false,
        },
      ],
    },
  },
];
