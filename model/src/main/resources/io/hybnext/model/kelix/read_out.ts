  # From blocks to pixels, after tok.ts, for tokenizers trained without a language model: one linear layer a block, which doubles
  # as the de-tokenizer. Source: spec/kelix.md section 10. q pixels a side of a block, C channels.
  def read_out(self: __torch__.Kernels, embeds: Tensor, flat: Tensor) -> Tensor:           # (P, out) -> (P, C q q)
    return (self).affine(embeds, (self).parts(flat), ${read_out})
  # (B, C, S, S) -> what the read-out shall give, (P, C q q).
  def block_pixels(self: __torch__.Kernels, x: Tensor) -> Tensor:
    B, C, H, W, = torch.size(x)
    g = torch.reshape(x, [B, C, torch.floordiv(H, ${block}), ${block}, torch.floordiv(W, ${block}), ${block}])
    return torch.reshape(torch.permute(g, [0, 2, 4, 1, 3, 5]), [-1, ${block_length}])
  def pixel_loss(self: __torch__.Kernels, made: Tensor, wanted: Tensor) -> Tensor:
    return torch.mse_loss(made, wanted)
  # (P, C q q) -> bytes (B, S, S, C), clamped and rounded; side is blocks an image side.
  def pictures(self: __torch__.Kernels, made: Tensor, side: Tensor) -> Tensor:
    n = int(side)
    g = torch.permute(torch.view(made, [-1, n, n, ${channels}, ${block}, ${block}]), [0, 1, 4, 2, 5, 3])
    S = torch.mul(n, ${block})
    x = torch.mul(torch.add(torch.clamp(torch.reshape(g, [-1, S, S, ${channels}]), -1., 1.), 1.), 127.5)
    return torch.to(torch.round(x), 0)
