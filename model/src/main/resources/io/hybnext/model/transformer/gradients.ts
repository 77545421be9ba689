  # Blocks and head with their derivatives written out, for fp32 on the CPU: what autograd would put together from parts, copy or
  # fill with zeros is written where it belongs. After transformer.ts; M = B S rows. Derivatives: those of the operators named.

  # x (M, D) normed: its factor a row (M, 1), and (M, D).
  def normed(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:
    s = torch.linalg_vector_norm(x, 2, [-1], True)
    r = torch.rsqrt(torch.add(torch.div(torch.mul(s, s), ${dim}), ${eps}))
    return (r, torch.mul_(torch.mul(x, r), w))
  # d (M, D) behind the norm -> in front of it; gain (D) takes the gain's. LayerNorm's derivative for means of zero takes the
  # gradient's mean over a row away, which is put back.
  def norm_gradient(self: __torch__.Kernels, d: Tensor, x: Tensor, r: Tensor, w: Tensor, gain: Tensor) -> Tensor:
    a, g, none, = torch.native_layer_norm_backward(d, x, [${dim}], torch.zeros_like(r), r, w, None, [True, True, False])
    torch.copy_(gain, g)
    mean = torch.div(torch.mv(d, w), ${dim})
    return torch.add_(a, torch.mul(torch.unsqueeze(mean, 1), r))

  # x (M, D) + p matrix' with elements dropped; the mask too, of no elements where nothing is dropped.
  def join_product(self: __torch__.Kernels, x: Tensor, p: Tensor, matrix: Tensor, keys: Tensor, threshold: int, scale: float) -> Tuple[Tensor, Tensor]:
    if torch.gt(threshold, 0):
      each = torch.floordiv(torch.numel(x), torch.numel(keys))
      m = torch.view_as((self).random_keep(keys, each, threshold, scale, 6), x)
      y = torch.addcmul(x, torch.mm(p, torch.t(matrix)), m)
    else:
      m = torch.empty([0], dtype=6, layout=None, device=ops.prim.device(x), pin_memory=False)
      y = torch.addmm(x, p, torch.t(matrix))
    return (y, m)
  def undrop(self: __torch__.Kernels, d: Tensor, mask: Tensor) -> Tensor:
    if torch.gt(torch.numel(mask), 0):
      u = torch.mul(d, mask)
    else:
      u = d
    return u

  # x (B, S, D) -> the same behind the block, and what gradients() reads: of both norms the factors and results, queries and keys
  # turned with values (M, H + 2 K, D/H), attention's result and sums, the stream between, gates with values (M, 2 F), the gates' silu
  # and its product with the values (M, F), and both masks.
  def run_forward(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, mask: Optional[Tensor], keys: Tensor) -> List[Tensor]:
    wqkv, wo, w13, w2, g1, g2, = torch.split_with_sizes(flat, ${block_sizes})
    k1, k2, = torch.unbind(keys)
    x0 = torch.view(x, [-1, ${dim}])
    r1, n1, = (self).normed(x0, g1)
    r = torch.view(torch.mm(n1, torch.t(torch.view(wqkv, [-1, ${dim}]))), [torch.size(x, 0), torch.size(x, 1), ${rows}, ${head_dim}])
    z = (self).pairs(torch.narrow(r, 2, 0, ${qk_heads}))
    z0 = torch.mul_(z, (self).rotation(table))
    q, k, v, = (self).apart(r)
    a, sums, = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., torch.__is__(mask, None), attn_mask=mask)
    a0 = torch.reshape(torch.transpose(a, 1, 2), [-1, ${dim}])
    y, m1, = (self).join_product(x0, a0, torch.view(wo, [${dim}, ${dim}]), k1, ${resid_threshold}, ${resid_scale})
    r2, n2, = (self).normed(y, g2)
    u = torch.mm(n2, torch.t(torch.view(w13, [-1, ${dim}])))
    gate, value, = torch.chunk(u, 2, -1)
    s = torch.silu(gate)
    f = torch.mul(s, value)
    out, m2, = (self).join_product(y, f, torch.view(w2, [${dim}, -1]), k2, ${ffn_threshold}, ${ffn_scale})
    return [torch.view_as(out, x), r1, n1, r, a, sums, y, r2, n2, u, s, f, m1, m2]
  def forward_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor) -> List[Tensor]:
    return (self).run_forward(x, flat, table, None, keys)
  def forward_block_masked(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor, mask: Tensor) -> List[Tensor]:
    return (self).run_forward(x, flat, table, mask, keys)

  # r (B, S, heads, D/H) as complex numbers, the same memory; table as what they are turned by.
  def pairs(self: __torch__.Kernels, r: Tensor) -> Tensor:
    B, S, H, W, = torch.size(r)
    return torch.view_as_complex(torch.view(r, [B, S, H, torch.floordiv(W, 2), 2]))
  def rotation(self: __torch__.Kernels, table: Tensor) -> Tensor:
    return torch.unsqueeze(torch.view_as_complex(table), 1)
  # r (B, S, H + 2 K, D/H): views (B, heads, S, D/H) of queries, keys and values.
  def apart(self: __torch__.Kernels, r: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    q, k, v, = torch.split_with_sizes(r, [${heads}, ${kv_heads}, ${kv_heads}], 2)
    return (torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2))

  # d (B, S, D) behind the block, changed on the way: the gradients at x and of the flat weights.
  def gradients(self: __torch__.Kernels, d: Tensor, x: Tensor, flat: Tensor, table: Tensor, kept: List[Tensor], mask: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    wqkv, wo, w13, w2, g1, g2, = torch.split_with_sizes(flat, ${block_sizes})
    r1, n1, r, a, sums, y, r2, n2, u, s, f, m1, m2, = kept
    all = torch.empty_like(flat)
    dwqkv, dwo, dw13, dw2, dg1, dg2, = torch.split_with_sizes(all, ${block_sizes})
    d0 = torch.view(d, [-1, ${dim}])
    e = (self).undrop(d0, m2)
    torch.mm(torch.t(e), f, out=torch.view(dw2, [${dim}, -1]))
    df = torch.mm(e, torch.view(w2, [${dim}, -1]))
    du = torch.empty_like(u)
    gate, value, = torch.chunk(u, 2, -1)
    dgate, dvalue, = torch.chunk(du, 2, -1)
    torch.mul(df, s, out=dvalue)
    torch.silu_backward(torch.mul_(df, value), gate, grad_input=dgate)
    torch.mm(torch.t(du), n2, out=torch.view(dw13, [-1, ${dim}]))
    dn2 = torch.mm(du, torch.view(w13, [-1, ${dim}]))
    dy = torch.add_(d0, (self).norm_gradient(dn2, y, r2, g2, dg2))
    o = (self).undrop(dy, m1)
    torch.mm(torch.t(o), torch.reshape(torch.transpose(a, 1, 2), [-1, ${dim}]), out=torch.view(dwo, [${dim}, ${dim}]))
    da = torch.view(torch.mm(o, torch.view(wo, [${dim}, ${dim}])), [torch.size(x, 0), torch.size(x, 1), ${heads}, ${head_dim}])
    q, k, v, = (self).apart(r)
    dq, dk, dv, = torch._scaled_dot_product_flash_attention_for_cpu_backward(torch.transpose(da, 1, 2), q, k, v, a, sums, 0., torch.__is__(mask, None), attn_mask=mask)
    dr = torch.empty_like(r)
    back = torch.conj_physical((self).rotation(table))
    torch.mul((self).pairs(torch.transpose(dq, 1, 2)), back, out=(self).pairs(torch.narrow(dr, 2, 0, ${heads})))
    torch.mul((self).pairs(torch.transpose(dk, 1, 2)), back, out=(self).pairs(torch.narrow(dr, 2, ${heads}, ${kv_heads})))
    torch.copy_(torch.narrow(dr, 2, ${qk_heads}, ${kv_heads}), torch.transpose(dv, 1, 2))
    c = torch.view(dr, [torch.size(n1, 0), -1])
    torch.mm(torch.t(c), n1, out=torch.view(dwqkv, [-1, ${dim}]))
    dn1 = torch.mm(c, torch.view(wqkv, [-1, ${dim}]))
    dx = torch.add_(dy, (self).norm_gradient(dn1, torch.view(x, [-1, ${dim}]), r1, g1, dg1))
    return (torch.view_as(dx, x), all)
  def block_gradients(self: __torch__.Kernels, d: Tensor, x: Tensor, flat: Tensor, table: Tensor, kept: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return (self).gradients(d, x, flat, table, kept, None)
  def block_gradients_masked(self: __torch__.Kernels, d: Tensor, x: Tensor, flat: Tensor, table: Tensor, kept: List[Tensor], mask: Tensor) -> Tuple[Tensor, Tensor]:
    return (self).gradients(d, x, flat, table, kept, mask)

  # loss() with its gradients at x and of the flat weights. Logits become the softmax less 1 at the target in bands of rows that
  # stay in cache; a row's share in the mean comes in where there are fewer numbers.
  def loss_gradients(self: __torch__.Kernels, x: Tensor, flat: Tensor, targets: Tensor, first: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    w0, g, = torch.split_with_sizes(flat, ${head_sizes})
    w = torch.view(w0, [${vocab}, ${dim}])
    h = torch.reshape((self).predicting(x, targets, first), [-1, ${dim}])
    r, n, = (self).normed(h, g)
    z = torch.mm(n, torch.t(w))
    t = torch.view(targets, [-1, 1])
    M = torch.size(z, 0)
    share = torch.div(1, M)
    each = torch.empty_like(t, dtype=6)
    bands = torch.floordiv(torch.add(M, 15), 16)
    for i in range(bands):
      begin = torch.mul(i, 16)
      count = ops.prim.min(16, torch.sub(M, begin))
      band = torch.narrow(z, 0, begin, count)
      at = torch.narrow(t, 0, begin, count)
      l = torch._log_softmax(band, 1, False)
      picked = torch.gather(l, 1, at)
      torch.copy_(torch.narrow(each, 0, begin, count), picked)
      torch.exp(l, out=band)
      torch.scatter_add_(band, 1, at, torch.full_like(picked, -1.))
    all = torch.empty_like(flat)
    dw, dg, = torch.split_with_sizes(all, ${head_sizes})
    torch.mm(torch.t(z), torch.mul_(n, share), out=torch.view(dw, [${vocab}, ${dim}]))
    dh = (self).norm_gradient(torch.mul_(torch.mm(z, w), share), h, r, g, dg)
    if torch.eq(torch.numel(h), torch.numel(x)):
      dx = torch.view_as(dh, x)
    else:
      dx = torch.zeros_like(x)
      inner = (self).predicting(dx, targets, first)
      torch.copy_(inner, torch.view_as(dh, inner))
    return (torch.neg(torch.mean(each)), dx, all)
