# Annals as an image: Node, the program's sources, which run without a build, and the packages they need.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /annals
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 ANNALS_DATA=/data
WORKDIR /annals
COPY --from=packages /annals/node_modules node_modules
COPY LICENSE NOTICE package.json ./
COPY models models
COPY projections projections
COPY schema schema
COPY src src
# Nothing but /data is ever written, so the root file system may be read-only.
RUN mkdir -m 700 /data && chown 1000:1000 /data
VOLUME /data
# node's, by number: so that whoever runs it can see that it is not root.
USER 1000:1000
EXPOSE 4000
# Alive, whether or not the engines are: /ready says that.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the process that the engine signals: SIGTERM ends it cleanly.
CMD ["node", "src/main.ts"]
