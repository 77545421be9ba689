  # Vision transformer with a class token. Sources: timm's vision_transformer.py, transformers' modeling_clip.py.
  # S image side, P patch side, T = 1 + (S / P)^2.
  def embed(self: __torch__.Kernels, pixels: Tensor, w: List[Tensor]) -> Tensor:
    c = torch.conv2d(torch.to(pixels, ${type}), w[0], ${patch_bias}, [${patch}, ${patch}], [0, 0], [1, 1], 1)
    t = torch.transpose(torch.flatten(c, 2, -1), 1, 2)
    first = torch.expand(torch.view(w[1], [1, 1, ${width}]), [torch.size(t, 0), 1, ${width}])
    x = torch.add(torch.cat([first, t], 1), w[2])
    return torch.to(${embedded}, ${carry})
  # w: first norm, qkv, output, second norm, two layers; weight and bias of each.
  def block(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.to(h, ${type})
    a = (self).attention((self).norm(x, w[0], w[1]), w[2], w[3], w[4], w[5], None)
    y = torch.add(x, a)
    f = (self).feed_forward((self).norm(y, w[6], w[7]), w[8], w[9], w[10], w[11])
    return torch.to(torch.add(y, f), ${carry})
  # The last block where only its class token is wanted, (B, T, D) -> (B, 1, D): the others give keys and values alone.
  def class_block(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.to(h, ${type})
    B, T, D, = torch.size(x)
    n = (self).norm(x, w[0], w[1])
    own, others, = torch.split_with_sizes(w[2], [${width}, ${twice}])
    own_bias, others_bias, = torch.split_with_sizes(w[3], [${width}, ${twice}])
    q = torch.view(torch.linear(torch.select(n, 1, 0), own, own_bias), [B, 1, ${heads}, -1])
    r = torch.view(torch.linear(n, others, others_bias), [B, T, 2, ${heads}, -1])
    k, v, = torch.unbind(torch.permute(r, [2, 0, 3, 1, 4]))
    a = torch.scaled_dot_product_attention(torch.transpose(q, 1, 2), k, v, None, 0., False)
    y = torch.add(torch.narrow(x, 1, 0, 1), torch.linear(torch.reshape(a, [B, 1, D]), w[4], w[5]))
    f = (self).feed_forward((self).norm(y, w[6], w[7]), w[8], w[9], w[10], w[11])
    return torch.to(torch.add(y, f), ${carry})
  def normed(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    return (self).norm(torch.to(h, ${type}), w[0], w[1])
  def class_token(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    return (self).norm(torch.select(torch.to(h, ${type}), 1, 0), w[0], w[1])
  def patch_mean(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    n = (self).normed(h, w)
    return torch.mean(torch.narrow(n, 1, 1, torch.sub(torch.size(n, 1), 1)), [1])
  def project(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return torch.linear(torch.to(x, ${type}), w)
  def join(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.cat([a, b], -1)
