# The service as an image: API, worker and the operator's commands are the same one, told apart by ROLE and the command.
#
#   docker build -t payouts .
#   docker run --read-only --env-file production.env -p 4000:4000 payouts
#   docker run --read-only --env-file production.env payouts dist/cli.js migrate
#
# It writes nothing to its file system and runs as an ordinary user. docs/operations/deployment.md has the rest.

FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json vite.config.ts prisma.config.ts ./
COPY prisma prisma
COPY src src
RUN npm run build

# Optional is what a fresh machine embeds: in production nothing is embedded.
FROM node:24.11.1-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY prisma/migrations prisma/migrations
COPY package.json ./
# The user "node" of the base image, by number: Kubernetes takes no name for proof that it is not root.
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/main.js"]
