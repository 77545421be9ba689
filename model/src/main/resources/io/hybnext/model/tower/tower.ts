  # What the towers share. B batch, T tokens, D width, F feed-forward width. Linear weights are (out, in), biases (out).
  # Arithmetic in ${type}, arrays between calls in ${carry}: the same, or float and bfloat16 where bfloat16 products are slow.
  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.layer_norm(x, [torch.size(w, 0)], w, b, ${eps}, True)
  def activate(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return ${activation}
  def feed_forward(self: __torch__.Kernels, x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    return torch.linear((self).activate(torch.linear(x, w1, b1)), w2, b2)
  # x (B, T, D), qkv (3D, D) with rows in the order queries, keys, values, heads within each; mask (B, 1, 1, T) or none.
  def attention(self: __torch__.Kernels, x: Tensor, qkv: Tensor, qkv_bias: Tensor, out: Tensor, out_bias: Tensor, mask: Optional[Tensor]) -> Tensor:
    B, T, D, = torch.size(x)
    r = torch.view(torch.linear(x, qkv, qkv_bias), [B, T, 3, ${heads}, -1])
    q, k, v, = torch.unbind(torch.permute(r, [2, 0, 3, 1, 4]))
    a = torch.scaled_dot_product_attention(q, k, v, mask, 0., False)
    return torch.linear(torch.reshape(torch.transpose(a, 1, 2), [B, T, D]), out, out_bias)
  # (H, W, C) bytes of one image, C 1 or 3 -> (1, 3, S, S): scaled to [0, 1], less the mean, over the deviation, then zeros on
  # the right and below.
  def pixels(self: __torch__.Kernels, image: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    H, W, C, = torch.size(image)
    x = torch.expand(torch.permute(torch.div(torch.to(image, 6), 255.), [2, 0, 1]), [3, H, W])
    n = torch.div(torch.sub(x, torch.view(mean, [3, 1, 1])), torch.view(deviation, [3, 1, 1]))
    p = torch.constant_pad_nd(n, [0, torch.sub(${image_size}, W), 0, torch.sub(${image_size}, H)], 0)
    return torch.unsqueeze(p, 0)
  def stack(self: __torch__.Kernels, images: List[Tensor]) -> Tensor:
    return torch.cat(images, 0)
  def wide(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.to(x, 6)
