  # Blocks of the VQ tokenizer, its quantiser and its losses. B = batch, C = channels, H x W = grid, N = B*H*W,
  # K = codes, D = length of a code. Source of the semantics: LlamaGen, tokenizer/tokenizer_image/vq_model.py.
  # Convolution weights come flat; the length of the bias gives the output channels.
  def conv3(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.conv2d(x, torch.view(w, [torch.size(b, 0), -1, 3, 3]), b, [1, 1], [1, 1], [1, 1], 1)
  def conv1(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.conv2d(x, torch.view(w, [torch.size(b, 0), -1, 1, 1]), b, [1, 1], [0, 0], [1, 1], 1)
  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.group_norm(x, ${groups}, w, b, ${eps}, False)
  def norm_swish(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.silu((self).norm(x, w, b))
  def refine(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.silu(torch.add(x, (self).conv3(torch.silu(x), w, b)))
  def residual(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    h = (self).conv3((self).norm_swish(x, w[0], w[1]), w[2], w[3])
    return torch.add_((self).conv3((self).norm_swish(h, w[4], w[5]), w[6], w[7]), x)
  def residual_widening(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    h = (self).conv3((self).norm_swish(x, w[0], w[1]), w[2], w[3])
    h = (self).conv3((self).norm_swish(h, w[4], w[5]), w[6], w[7])
    return torch.add((self).conv1(x, w[8], w[9]), h)
  def attention(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    B, C, H, W, = torch.size(x)
    h = (self).norm(x, w[0], w[1])
    q = torch.transpose(torch.reshape((self).conv1(h, w[2], w[3]), [B, C, -1]), 1, 2)     # (B, HW, C)
    k = torch.reshape((self).conv1(h, w[4], w[5]), [B, C, -1])                            # (B, C, HW)
    v = torch.reshape((self).conv1(h, w[6], w[7]), [B, C, -1])
    a = torch.softmax(torch.mul(torch.bmm(q, k), torch.pow(float(C), -0.5)), 2)           # rows: queries
    y = torch.reshape(torch.bmm(v, torch.transpose(a, 1, 2)), [B, C, H, W])
    return torch.add(x, (self).conv1(y, w[8], w[9]))
  def down(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    padded = torch.constant_pad_nd(x, [0, 1, 0, 1], 0)                                    # right and bottom only
    return torch.conv2d(padded, torch.view(w, [torch.size(b, 0), -1, 3, 3]), b, [2, 2], [0, 0], [1, 1], 1)
  def up(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    B, C, H, W, = torch.size(x)
    return (self).conv3(torch.upsample_nearest2d(x, [torch.mul(H, 2), torch.mul(W, 2)], None, None), w, b)
  def unit(self: __torch__.Kernels, x: Tensor) -> Tensor:
    if ${l2}:
      y = torch.div(x, torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-12))
    else:
      y = x
    return y
  def rows(self: __torch__.Kernels, latent: Tensor) -> Tensor:                            # (B, D, H, W) -> unit rows (N, D)
    return (self).unit(torch.reshape(torch.permute(latent, [0, 2, 3, 1]), [-1, torch.size(latent, 1)]))
  def distances(self: __torch__.Kernels, z: Tensor, e: Tensor) -> Tensor:                 # z (N, D), e (K, D) -> (N, K)
    squares = torch.add(torch.sum(torch.mul(z, z), [1], True), torch.sum(torch.mul(e, e), [1]))
    return torch.sub(squares, torch.mul(torch.matmul(z, torch.t(e)), 2.0))
  def grid(self: __torch__.Kernels, q: Tensor, like: Tensor) -> Tensor:                   # (N, D) -> (B, D, H, W)
    B, D, H, W, = torch.size(like)
    return torch.permute(torch.reshape(q, [B, H, W, D]), [0, 3, 1, 2])
  def nearest(self: __torch__.Kernels, latent: Tensor, codebook: Tensor) -> Tuple[Tensor, Tensor]:
    z = (self).rows(latent)
    e = (self).unit(codebook)
    i = torch.argmin((self).distances(z, e), 1)
    q = torch.add(z, torch.sub(torch.index_select(e, 0, i), z))                           # as the original rounds it
    return (torch.view(i, [torch.size(latent, 0), -1]), torch.contiguous((self).grid(q, latent)))
  def entries(self: __torch__.Kernels, i: Tensor, codebook: Tensor) -> Tensor:            # i (B, HW) -> (B, D, H, W)
    B, T, = torch.size(i)
    side = int(torch.sqrt(float(T)))
    q = torch.index_select((self).unit(codebook), 0, torch.view(i, [-1]))
    return torch.contiguous(torch.permute(torch.view(q, [B, side, side, -1]), [0, 3, 1, 2]))
  # Both networks with channels innermost, as the fastest convolutions want their images; results in the usual order.
  def encode_fast(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tuple[Tensor, Tensor]:
    h, latent, = (self).encode(torch.contiguous(x, memory_format=2), flat)
    return (torch.contiguous(h), torch.contiguous(latent))
  def decode_fast(self: __torch__.Kernels, q: Tensor, flat: Tensor) -> Tensor:
    return torch.contiguous((self).decode(torch.contiguous(q, memory_format=2), flat))
  # Training quantiser with gradients for the codebook: straight-through grid, vq, commitment and entropy loss, indices.
  def quantise(self: __torch__.Kernels, latent: Tensor, codebook: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    z = (self).rows(latent)
    e = (self).unit(codebook)
    d = (self).distances(z, e)
    i = torch.argmin(d, 1)
    q = torch.index_select(e, 0, i)
    toCodes = torch.sub(q, torch.detach(z))
    toLatent = torch.sub(torch.detach(q), z)
    vq = torch.mul(torch.mean(torch.mul(toCodes, toCodes)), ${codebook_factor})
    commit = torch.mul(torch.mean(torch.mul(toLatent, toLatent)), ${commitment_factor})
    affinity = torch.div(torch.neg(d), 0.01)
    p = torch.softmax(affinity, -1)
    average = torch.mean(p, [0])
    spread = torch.neg(torch.sum(torch.mul(average, torch.log(torch.add(average, 1e-05)))))
    single = torch.neg(torch.mean(torch.sum(torch.mul(p, torch.log_softmax(torch.add(affinity, 1e-05), -1)), [-1])))
    entropy = torch.mul(torch.sub(single, spread), ${entropy})
    through = torch.add(z, torch.detach(torch.sub(q, z)))
    return ((self).grid(through, latent), vq, commit, entropy, torch.view(i, [torch.size(latent, 0), -1]))
  def mean_squared_error(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.mse_loss(x, y)
  def total(self: __torch__.Kernels, terms: List[Tensor]) -> Tensor:
    return torch.sum(torch.stack(terms))
  # Bytes (B, H, W, C) to images (B, C, H, W) in [-1, 1], and back: to the nearest level, or truncated (Chameleon).
  def normalise(self: __torch__.Kernels, bytes: Tensor) -> Tensor:
    x = torch.div(torch.to(torch.permute(bytes, [0, 3, 1, 2]), 6), 255.0)
    return torch.contiguous(torch.div(torch.sub(x, 0.5), 0.5))
  def to_bytes(self: __torch__.Kernels, x: Tensor) -> Tensor:
    y = torch.mul(torch.div(torch.add(torch.clamp(x, -1.0, 1.0), 1.0), 2.0), 255.0)
    return torch.contiguous(torch.permute(torch.to(torch.add(y, ${rounding}), 0), [0, 2, 3, 1]))
