// Authorisation first, arguments second. Pothos reads ids and checks values before it asks who is there, so that whoever
// may not call a field would learn from its errors what a value of it looks like. Here both wait until that is settled.
import SchemaBuilder, {
  BasePlugin,
  completeValue,
  type PothosOutputFieldConfig,
  reduceMaybeAsync,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';

const NAME = 'argsAfterAuth';

type Mappers<Types extends SchemaTypes> = PothosOutputFieldConfig<Types>['argMappers'];
type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

/**
 * Stands right behind the plugin that authorises: what plugins behind it do to arguments it takes over, and does within
 * what that one allows. So failures are within the errors plugin too, and come out as typed results.
 *
 * What Prisma's plugin selects by the arguments of nested fields sees them as they were sent.
 */
class ArgsAfterAuthPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    return { ...config, argMappers: [], extensions: { ...config.extensions, [NAME]: config.argMappers } };
  }

  override wrapResolve(resolve: Resolver<Types>, config: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return withMapped(resolve, config);
  }

  override wrapSubscribe(
    subscribe: Resolver<Types> | undefined,
    config: PothosOutputFieldConfig<Types>,
  ): Resolver<Types> | undefined {
    return subscribe && withMapped(subscribe, config);
  }
}

function withMapped<Types extends SchemaTypes>(
  resolve: Resolver<Types>,
  { extensions }: PothosOutputFieldConfig<Types>,
): Resolver<Types> {
  const mappers = (extensions?.[NAME] ?? []) as Mappers<Types>;
  // The very same function: a field that is read as it lies there is known by it.
  if (mappers.length === 0) return resolve;
  return (parent, args, context, info) => {
    const mapped = reduceMaybeAsync(mappers, args as Record<string, unknown>, (before, map) =>
      map(before, context, info),
    );
    return completeValue(mapped, (ready) => resolve(parent, ready, context, info));
  };
}

SchemaBuilder.registerPlugin(NAME, ArgsAfterAuthPlugin);

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      argsAfterAuth: ArgsAfterAuthPlugin<Types>;
    }
  }
}

export default NAME;
