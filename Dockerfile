# syntax=docker/dockerfile:1
# Two images from one file:
#   docker build -t dream-bot .                    the processor dreams (target cpu, the default)
#   docker build -t dream-bot --target gpu .       with what NVIDIA's and other GPUs need

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

# What both images hold. Programs are bundled here: in the images nobody may write to node_modules.
FROM dependencies AS program
COPY . .
RUN node src/start.js --bundle src/main.ts src/cli.ts \
    src/studio/rendering/process.ts src/studio/intake/process.ts src/studio/adding/process.ts \
  && cp -R models bundled-models && mkdir data cache && chown -R node:node models data cache

# onnxruntime's CUDA libraries (some 300 MB) come from NuGet, tensorflow.js's (400 MB) from Google, by
# install scripts that .npmrc keeps from running else.
FROM program AS gpu-program
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
RUN npm install --no-save --omit=dev --ignore-scripts=false @tensorflow/tfjs-node-gpu@4.22.0 \
  && npm cache clean --force
RUN node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12

# CUDA 12 and cuDNN 9, which onnxruntime's CUDA provider was built for; beside them, under other
# names of files, CUDA 11 and cuDNN 8, which tensorflow.js was built for.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu22.04 AS gpu
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    cuda-cudart-11-8 libcublas-11-8 libcufft-11-8 libcurand-11-8 libcusolver-11-8 libcusparse-11-8 \
    libcudnn8 \
  && rm -rf /var/lib/apt/lists/*
ENV LD_LIBRARY_PATH=/usr/local/cuda/lib64:/usr/local/cuda-11.8/targets/x86_64-linux/lib:${LD_LIBRARY_PATH}
# The Vulkan loader, for WebGPU on any vendor's card; the driver comes from the host (NVIDIA's wants
# libXext and libEGL beside it) or from Mesa.
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    libvulkan1 libxext6 libegl1 mesa-vulkan-drivers libatomic1 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --create-home node
COPY --from=dependencies /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics
WORKDIR /app
COPY --from=gpu-program /app /app
ENV HOST=0.0.0.0 PORT=7070 DATA_DIR=/app/data XDG_CACHE_HOME=/app/cache
USER node
VOLUME ["/app/data", "/app/cache", "/app/models"]
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["container/start"]

FROM node:22-bookworm-slim AS cpu
ENV NODE_ENV=production
WORKDIR /app
COPY --from=program /app /app
ENV HOST=0.0.0.0 PORT=7070 DATA_DIR=/app/data XDG_CACHE_HOME=/app/cache
USER node
VOLUME ["/app/data", "/app/cache", "/app/models"]
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["container/start"]
