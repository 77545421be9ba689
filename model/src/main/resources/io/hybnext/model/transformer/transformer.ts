  # LlamaGen's transformer. B batch, S positions, D width, H heads, K heads of keys and values, F feed-forward width, N image
  # tokens, T condition positions, V codebook entries. Source: LlamaGen, autoregressive/models/gpt.py. Weights of a call come as
  # its bucket's flat array. Types by number: 4 int64, 6 float. Weights and the residual stream between
  # calls are of type ${carry}, what happens inside a call of ${type}: the same, or float where bfloat16 products are slow.

  # r (B, S, heads, D/H) turned pairwise by table (S, D/H/2, 2) of cos and sin; rows of zeros give zeros.
  def rotate(self: __torch__.Kernels, r: Tensor, table: Tensor) -> Tensor:
    B, S, H, W, = torch.size(r)
    z = torch.view_as_complex(torch.view(torch.to(r, 6), [B, S, H, -1, 2]))
    t = torch.unsqueeze(torch.view_as_complex(table), 1)
    return torch.to(torch.reshape(torch.view_as_real(torch.mul(z, t)), [B, S, H, W]), ${type})

  # x (B, S, D) normed to queries (B, H, S, D/H), keys and values (B, K, S, D/H); w (D + 2 K D/H, D).
  def project(self: __torch__.Kernels, x: Tensor, w: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    B, S, D, = torch.size(x)
    return (self).heads(torch.view(torch.linear(x, w), [B, S, ${rows}, ${head_dim}]), table)
  # r (B, S, H + 2 K, D/H): queries and keys turned by table.
  def heads(self: __torch__.Kernels, r: Tensor, table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    turned, v, = torch.split_with_sizes(r, [${qk_heads}, ${kv_heads}], 2)
    q, k, = torch.split_with_sizes((self).rotate(turned, table), [${heads}, ${kv_heads}], 2)
    return (torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2))

  # One block; keys (2, B) for the two dropouts.
  def run_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, mask: Optional[Tensor], keys: Tensor) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, = torch.split_with_sizes(torch.to(flat, ${type}), ${block_sizes})
    x0 = torch.to(x, ${type})
    n1 = (self).norm(x0, g1)
    q, k, v, = (self).project(n1, torch.view(wqkv, [-1, ${dim}]), table)
    a = (self).attend(q, k, v, mask, torch.__is__(mask, None))
    k1, k2, = torch.unbind(keys)
    y = (self).join(x0, torch.linear(a, torch.view(wo, [${dim}, ${dim}])), k1, ${resid_threshold}, ${resid_scale})
    n2 = (self).norm(y, g2)
    f = (self).feed_forward(n2, torch.view(w13, [-1, ${dim}]), torch.view(w2, [${dim}, -1]))
    return torch.to((self).join(y, f, k2, ${ffn_threshold}, ${ffn_scale}), ${carry})
  def block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor) -> Tensor:
    return (self).run_block(x, flat, table, None, keys)
  def block_masked(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor, mask: Tensor) -> Tensor:
    return (self).run_block(x, flat, table, mask, keys)

  # GELU, tanh approximation; spelled out, because the archive's operator version knows the exact one only.
  def gelu_tanh(self: __torch__.Kernels, x: Tensor) -> Tensor:
    cube = torch.mul(torch.mul(x, x), x)
    t = torch.tanh(torch.mul(torch.add(x, torch.mul(cube, 0.044715)), 0.79788456080286541))
    return torch.mul(torch.mul(x, 0.5), torch.add(t, 1.))
  # Condition: classes (B) int64 -> (B, 1, D); features (B, T, C) -> (B, T, D).
  def embed_classes(self: __torch__.Kernels, flat: Tensor, classes: Tensor) -> Tensor:
    table = torch.split_with_sizes(flat, ${embedding_sizes})[0]
    return torch.unsqueeze(torch.embedding(torch.view(table, [-1, ${dim}]), classes), 1)
  def embed_captions(self: __torch__.Kernels, flat: Tensor, features: Tensor) -> Tensor:
    parts = torch.split_with_sizes(flat, ${embedding_sizes})
    w1 = torch.view(parts[0], [${dim}, -1])
    h = (self).gelu_tanh(torch.linear(torch.to(features, ${type}), w1))
    return torch.linear(h, torch.view(parts[1], [${dim}, ${dim}]))
  # ids (B, n) int64 -> (B, n, D); the token table ends the bucket.
  def embed_tokens(self: __torch__.Kernels, flat: Tensor, ids: Tensor) -> Tensor:
    e = torch.split_with_sizes(flat, ${embedding_sizes})[-1]
    return torch.embedding(torch.view(e, [-1, ${dim}]), ids)

  # Condition and tokens, what the first block takes before dropout: (B, T + n, D).
  def input_classes(self: __torch__.Kernels, flat: Tensor, ids: Tensor, classes: Tensor) -> Tensor:
    parts = torch.split_with_sizes(torch.to(flat, ${type}), ${embedding_sizes})
    c = torch.unsqueeze(torch.embedding(torch.view(parts[0], [-1, ${dim}]), classes), 1)
    return torch.to(torch.cat([c, torch.embedding(torch.view(parts[1], [-1, ${dim}]), ids)], 1), ${carry})
  # drop (B) bool replaces a sample's features by null (T, C).
  def input_captions(self: __torch__.Kernels, flat: Tensor, ids: Tensor, features: Tensor, drop: Tensor, null: Tensor) -> Tensor:
    parts = torch.split_with_sizes(torch.to(flat, ${type}), ${embedding_sizes})
    f = torch.where(torch.view(torch.to(drop, 11), [-1, 1, 1]), torch.unsqueeze(null, 0), features)
    w1 = torch.view(parts[0], [${dim}, -1])
    h = (self).gelu_tanh(torch.linear(torch.to(f, ${type}), w1))
    c = torch.linear(h, torch.view(parts[1], [${dim}, ${dim}]))
    return torch.to(torch.cat([c, torch.embedding(torch.view(parts[2], [-1, ${dim}]), ids)], 1), ${carry})
  # Puts the learned token, the last D elements of the projector's bucket, into every row of x before position at.
  def insert(self: __torch__.Kernels, x: Tensor, projector: Tensor, at: Tensor) -> Tensor:
    B, S, D, = torch.size(x)
    rep = torch.narrow(projector, 0, torch.sub(torch.numel(projector), D), D)
    n = int(at)
    a, b, = torch.split_with_sizes(x, [n, torch.sub(S, n)], 1)
    return torch.cat([a, torch.expand(torch.view(rep, [1, 1, D]), [B, 1, D]), b], 1)
  # Dropout on the embeddings, keys (B).
  def drop_input(self: __torch__.Kernels, x: Tensor, keys: Tensor) -> Tensor:
    B, S, D, = torch.size(x)
    m = (self).random_keep(keys, torch.mul(S, D), ${token_threshold}, ${token_scale}, ${carry})
    return torch.mul(x, torch.view(m, [B, S, D]))

  # valid (B, T) of the condition -> (B, 1, S, S) of 0 and -1e30, S = T + extra: causal, padded columns out, diagonal back in.
  def attention_mask(self: __torch__.Kernels, valid: Tensor, extra: Tensor) -> Tensor:
    B, T, = torch.size(valid)
    n = int(extra)
    S = torch.add(T, n)
    d = ops.prim.device(valid)
    free = torch.ones([B, n], dtype=11, layout=None, device=d, pin_memory=False)
    columns = torch.cat([torch.to(valid, 11), free], 1)
    causal = torch.tril(torch.ones([S, S], dtype=11, layout=None, device=d, pin_memory=False))
    diagonal = torch.eye(S, dtype=11, layout=None, device=d, pin_memory=False)
    open = torch.bitwise_or(torch.bitwise_and(torch.unsqueeze(columns, 1), causal), diagonal)
    closed = torch.unsqueeze(torch.bitwise_not(open), 1)
    zeros = torch.zeros_like(closed, dtype=${type})
    return torch.masked_fill(zeros, closed, -1e+30)

  # Final norm and logits of every position of x (B, n, D) -> (B, n, V) fp32.
  def logits(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:
    w, g, = torch.split_with_sizes(torch.to(flat, ${type}), ${head_sizes})
    h = (self).norm(torch.to(x, ${type}), g)
    return torch.to(torch.linear(h, torch.view(w, [${vocab}, ${dim}])), 6)
  def final_norm(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:
    w, g, = torch.split_with_sizes(torch.to(flat, ${type}), ${head_sizes})
    return torch.to((self).norm(torch.to(x, ${type}), g), ${carry})

  # x (B, S, D), targets (B, N); the first predicting position is first. Mean cross entropy over all tokens.
  def predicting(self: __torch__.Kernels, x: Tensor, targets: Tensor, first: Tensor) -> Tensor:
    return torch.narrow(x, 1, int(first), torch.size(targets, 1))
  def loss(self: __torch__.Kernels, x: Tensor, flat: Tensor, targets: Tensor, first: Tensor) -> Tensor:
    z = (self).logits((self).predicting(x, targets, first), flat)
    return torch.cross_entropy_loss(torch.view(z, [-1, ${vocab}]), torch.view(targets, [-1]), None, 1, -100, 0.)
  # The same and z-loss: total, cross entropy, z-loss.
  def loss_z(self: __torch__.Kernels, x: Tensor, flat: Tensor, targets: Tensor, first: Tensor, z_weight: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    z = (self).logits((self).predicting(x, targets, first), flat)
    return (self).terms(torch.view(z, [-1, ${vocab}]), torch.view(targets, [-1]), float(z_weight))
  # valid (B) weighs the samples: sum of valid losses over the number of valid tokens, at least 1.
  def loss_valid(self: __torch__.Kernels, x: Tensor, flat: Tensor, targets: Tensor, first: Tensor, valid: Tensor) -> Tensor:
    each = (self).loss_each(x, flat, targets, first)
    v = torch.to(torch.expand_as(torch.unsqueeze(valid, 1), each), 6)
    return torch.div(torch.sum(torch.mul(each, v)), torch.clamp_min(torch.sum(v), 1.))
  # Cross entropy of every token, (B, N) fp32.
  def loss_each(self: __torch__.Kernels, x: Tensor, flat: Tensor, targets: Tensor, first: Tensor) -> Tensor:
    z = (self).logits((self).predicting(x, targets, first), flat)
    each = torch.cross_entropy_loss(torch.view(z, [-1, ${vocab}]), torch.view(targets, [-1]), None, 0, -100, 0.)
    return torch.view_as(each, targets)
