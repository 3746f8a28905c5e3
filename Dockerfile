# One recipe for the three services: docker build --build-arg SERVICE=producer .
# Node runs the TypeScript of this repository as it is, so there is nothing to compile, and nothing
# here depends on the processor.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
ARG SERVICE
WORKDIR /app
# Only what decides on the dependencies: this layer survives every edit of the sources.
COPY package.json package-lock.json .npmrc ./
COPY schemas/package.json schemas/
COPY platform/package.json platform/
COPY ${SERVICE}/package.json ${SERVICE}/
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
    npm ci --workspace=@orders/${SERVICE} --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ARG SERVICE
ENV NODE_ENV=production
# A named volume takes the owner of the folder that it is mounted on.
RUN install -d -o node -g node /ledger
WORKDIR /app
# The links in node_modules have to stay links: Node strips no types below a real node_modules.
COPY --from=dependencies /app ./
COPY schemas schemas
COPY platform platform
COPY ${SERVICE} ${SERVICE}
WORKDIR /app/${SERVICE}
USER node
# Not through npm, which keeps SIGTERM to itself. The warning is about kafkajs: it sets timers in the
# past, which Node takes for «at once».
CMD ["node", "--disable-warning=TimeoutNegativeWarning", "src/main.ts"]
