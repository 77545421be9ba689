  # Chameleon's decoder. B batch, S positions, D width, H heads, W head width, F feed-forward width, V vocabulary, M supervised
  # positions. Source: ARRA, arra/model/chameleon/modeling_chameleon_align.py; arra.md section 4.4. Weights of a call come as its
  # bucket's flat array, of type ${carry} like the residual stream between calls; arithmetic of type ${type}.

  # Gains or biases of head norms: one row for every so many heads, (rows W) -> (H, W).
  def per_head(self: __torch__.Kernels, w: Tensor) -> Tensor:
    r = torch.view(w, [${norm_rows}, 1, ${head_dim}])
    return torch.reshape(torch.expand(r, [${norm_rows}, ${heads_a_row}, ${head_dim}]), [${heads}, ${head_dim}])
  # LayerNorm over a head's channels, x (B, S, H, W).
  def head_norm(self: __torch__.Kernels, x: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    n = torch.layer_norm(x, [${head_dim}], None, None, ${head_eps}, False)
    return torch.add(torch.mul(n, (self).per_head(gain)), (self).per_head(bias))

  # x (B, S, D) normed -> queries, keys, values, each (B, H, S, W); w (3D, D), norms: gain and bias of queries, then of keys.
  def project(self: __torch__.Kernels, x: Tensor, w: Tensor, norms: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    B, S, D, = torch.size(x)
    q, k, v, = torch.unbind(torch.view(torch.linear(x, w), [B, S, 3, ${heads}, ${head_dim}]), 2)
    gq, bq, gk, bk, = torch.unbind(torch.view(norms, [4, -1]))
    q0 = (self).rotate_half((self).head_norm(q, gq, bq), table)
    k0 = (self).rotate_half((self).head_norm(k, gk, bk), table)
    return (torch.transpose(q0, 1, 2), torch.transpose(k0, 1, 2), torch.transpose(v, 1, 2))

  # One block; keys (2, B) for the two dropouts.
  def block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, norms, = torch.split_with_sizes(torch.to(flat, ${type}), ${block_sizes})
    x0 = torch.to(x, ${type})
    q, k, v, = (self).project((self).norm(x0, g1), torch.view(wqkv, [-1, ${dim}]), norms, table)
    a = (self).attend(q, k, v, None, True)
    k1, k2, = torch.unbind(keys)
    y = (self).join(x0, torch.linear(a, torch.view(wo, [${dim}, ${dim}])), k1, ${threshold}, ${scale})
    f = (self).feed_forward((self).norm(y, g2), torch.view(w13, [-1, ${dim}]), torch.view(w2, [${dim}, -1]))
    return torch.to((self).join(y, f, k2, ${threshold}, ${scale}), ${carry})

  # ids (B, S) int64 -> (B, S, D).
  def embed(self: __torch__.Kernels, flat: Tensor, ids: Tensor) -> Tensor:
    return torch.embedding(torch.view(flat, [-1, ${dim}]), ids)

  # Final norm and logits, (.., D) -> (.., V) fp32; image tokens closed to the smallest number where the configuration asks for it.
  def logits(self: __torch__.Kernels, x: Tensor, flat: Tensor, closed: Tensor) -> Tensor:
    w, g, = torch.split_with_sizes(torch.to(flat, ${type}), ${head_sizes})
    h = (self).norm(torch.to(x, ${type}), g)
    z = torch.to(torch.linear(h, torch.view(w, [${vocab}, ${dim}])), 6)
    if ${mask_image_logits}:
      z0 = torch.masked_fill(z, torch.to(closed, 11), -3.4028234663852886e+38)
    else:
      z0 = z
    return z0
  def final_norm(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:
    w, g, = torch.split_with_sizes(torch.to(flat, ${type}), ${head_sizes})
    return torch.to((self).norm(torch.to(x, ${type}), g), ${carry})

  # x (B, S, D); rows (M) number the supervised positions among all B S, targets (M) are the tokens that follow them.
  def supervised(self: __torch__.Kernels, x: Tensor, flat: Tensor, rows: Tensor, closed: Tensor) -> Tensor:
    return (self).logits(torch.index_select(torch.reshape(x, [-1, ${dim}]), 0, rows), flat, closed)
  def loss(self: __torch__.Kernels, x: Tensor, flat: Tensor, rows: Tensor, targets: Tensor, closed: Tensor) -> Tensor:
    return torch.cross_entropy_loss((self).supervised(x, flat, rows, closed), targets, None, 1, -100, 0.)
  def loss_z(self: __torch__.Kernels, x: Tensor, flat: Tensor, rows: Tensor, targets: Tensor, closed: Tensor, z_weight: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return (self).terms((self).supervised(x, flat, rows, closed), targets, float(z_weight))
  # Cross entropy of every supervised token, (M) fp32.
  def loss_each(self: __torch__.Kernels, x: Tensor, flat: Tensor, rows: Tensor, targets: Tensor, closed: Tensor) -> Tensor:
    return torch.cross_entropy_loss((self).supervised(x, flat, rows, closed), targets, None, 0, -100, 0.)
