# syntax=docker/dockerfile:1

# The compiler is built for glibc only, so the building is done on Debian.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY fixtures/sites ./fixtures/sites
COPY LICENSE ./
RUN npm run build \
 && mkdir /out \
 && cp LICENSE dist/nginx-lint.mjs dist/program* dist/THIRD-PARTY.txt /out/

FROM node:24-alpine
COPY --from=build /out/ /usr/local/lib/nginx-lint/
RUN ln -s ../lib/nginx-lint/nginx-lint.mjs /usr/local/bin/nginx-lint
USER node
WORKDIR /etc/nginx
ENTRYPOINT ["nginx-lint"]
CMD ["/etc/nginx"]
