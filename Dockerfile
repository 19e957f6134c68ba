# syntax=docker/dockerfile:1
# Two images from one file:
#   docker build -t dream-bot .                    the processor dreams (target cpu, the default)
#   docker build -t dream-bot --target gpu .       with what NVIDIA's and other GPUs need

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

# CUDA 11 and cuDNN 8, which tensorflow.js was built for, come with the image below; the library
# itself comes from Google by the package's install script, which .npmrc keeps from running else.
FROM dependencies AS gpu-dependencies
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
RUN npm install --no-save --omit=dev --ignore-scripts=false @tensorflow/tfjs-node-gpu@4.22.0 \
  && npm cache clean --force

FROM nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04 AS gpu
# The Vulkan loader, for WebGPU on any vendor's card; the driver comes from the host or from Mesa.
RUN apt-get update \
  && apt-get install -y --no-install-recommends libvulkan1 mesa-vulkan-drivers libatomic1 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --create-home node
COPY --from=dependencies /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics
WORKDIR /app
COPY --from=gpu-dependencies /app/node_modules node_modules
COPY . .
RUN mkdir -p data cache && chown node:node data cache
ENV HOST=0.0.0.0 PORT=7070 DATA_DIR=/app/data XDG_CACHE_HOME=/app/cache
USER node
VOLUME ["/app/data", "/app/cache", "/app/models"]
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "src/main.ts"]

FROM node:20-bookworm-slim AS cpu
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY . .
RUN mkdir -p data cache && chown node:node data cache
ENV HOST=0.0.0.0 PORT=7070 DATA_DIR=/app/data XDG_CACHE_HOME=/app/cache
USER node
VOLUME ["/app/data", "/app/cache", "/app/models"]
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "src/main.ts"]
