# Two stages: everything that builds, then only what runs. `docker compose up --build` uses it for migrate, worker and server.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
# LECTERN_HOME holds nothing in this shape, but a command that looks for a Lectern beside it looks there.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=7420 LECTERN_HOME=/var/lib/lectern
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/rules ./rules
COPY --from=build /app/examples ./examples
RUN mkdir /var/lib/lectern && chown node:node /var/lib/lectern && ln -s /app/dist/runtime/cli.js /usr/local/bin/lectern
USER node
EXPOSE 7420
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/runtime/cli.js", "server"]
