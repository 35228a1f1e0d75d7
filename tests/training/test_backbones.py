import copy

import pytest
import torch

from llamoco_lib.programs.generate import generate
from llamoco_lib.training import attention, backbones, encoding, precision, store, tuning, vocabulary
from llamoco_lib.training.encoding import collate, encode_pairs


@pytest.fixture(scope="module")
def wheel(texts):
    """SmolLM2-135M with its whole vocabulary and with the tokens of the texts."""
    model, tokenizer = backbones.load_backbone("smollm2-135m", texts, 0, prune=False, number_format="fp32")
    chat = encoding.prompt_text(tokenizer, "")
    return (model, tokenizer), vocabulary.prune(copy.deepcopy(model), tokenizer, [*texts, chat])


def test_pruned_wheel_has_the_same_pieces(wheel, texts):
    (_, whole), (_, small) = wheel
    assert len(small) < 1000 < len(whole)
    for text in texts:
        pieces = [t.convert_ids_to_tokens(t(text, add_special_tokens=False)["input_ids"]) for t in (whole, small)]
        assert pieces[0] == pieces[1]
    unseen = "Où est ∇f? <zebra> 12345"
    assert small.decode(small(unseen, add_special_tokens=False)["input_ids"]) == unseen
    assert (small.eos_token, small.chat_template) == (whole.eos_token, whole.chat_template)


def test_pruned_wheel_has_the_same_logits(wheel, texts):
    (model, whole), (pruned, small) = wheel
    prompt = texts[0]
    old, new = (torch.tensor([t(prompt, add_special_tokens=False)["input_ids"]]) for t in (whole, small))
    kept = [whole.convert_tokens_to_ids(small.convert_ids_to_tokens(i)) for i in range(len(small))]
    with torch.no_grad():
        expected = model(input_ids=old).logits[..., kept]
        found = pruned(input_ids=new).logits
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)


def test_pruned_wheel_writes_and_survives_the_disk(wheel, tmp_path):
    _, (model, tokenizer) = wheel
    prompt = ["minimize alpha f(x) = 1 x^2\nDimension: 3"]
    first = generate(model, tokenizer, prompt, max_new_tokens=8, batch_size=1)
    again = generate(*store.load_model(store.save_model(model, tokenizer, tmp_path / "m"), "fp32"), prompt, 8, 1)
    assert first == again
    assert first[0].n_new_tokens == 8
    assert first[0].text


@pytest.mark.parametrize("precision_name", ["fp32", "bf16"])
def test_saved_model_is_the_same(tiny, pairs, tmp_path, precision_name):
    model, tokenizer = tiny
    precision.cast(model.eval(), precision.dtype(precision_name))
    loaded, same = store.load_model(store.save_model(model, tokenizer, tmp_path / "model"), precision_name)
    batch = collate(encode_pairs(tokenizer, pairs.head(3)))
    with torch.no_grad():
        torch.testing.assert_close(tuning.answer_loss(loaded, batch), tuning.answer_loss(model, batch))
    assert same.get_vocab() == tokenizer.get_vocab()
    assert not list(tmp_path.glob(".*"))


def test_missing_model_names_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model in .*nothing"):
        store.load_model(tmp_path / "nothing")


def test_tiny_backbone_depends_on_the_seed_only(texts):
    first, again, other = (backbones.load_backbone(backbones.TINY, texts, seed)[0] for seed in (1, 1, 2))
    weight = [model.get_input_embeddings().weight for model in (first, again, other)]
    assert torch.equal(weight[0], weight[1])
    assert not torch.equal(weight[0], weight[2])


def test_untied_head_with_bias_is_pruned_too(local_backbone, texts):
    if local_backbone.name != "phi":
        pytest.skip("only Phi's head has a bias")
    model, tokenizer = backbones.load_backbone(str(local_backbone), texts, 0, prune=False, number_format="fp32")
    few = texts[:2]
    ids = tokenizer(few[0], add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        before = model(input_ids=torch.tensor([ids])).logits
        pieces = vocabulary.kept_ids(tokenizer, few)
        pruned, small = vocabulary.prune(model, tokenizer, few)
        after = pruned(input_ids=torch.tensor([small(few[0], add_special_tokens=False)["input_ids"]])).logits
    torch.testing.assert_close(after, before[..., pieces], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("new", "length"), [(300, 300), (5, 20), (1, 140)])
def test_attention_in_blocks_is_attention(masked, new, length):
    torch.manual_seed(0)
    query, key, value = torch.randn(2, 6, new, 8), torch.randn(2, 3, length, 8), torch.randn(2, 3, length, 8)
    mask = torch.ones(new, length, dtype=torch.bool).tril(length - new).expand(2, 1, new, length).clone()
    if masked:
        mask[0, :, :, :3] = False
        mask[0, :, torch.arange(min(3, new)), length - new + torch.arange(min(3, new))] = True
    expected = torch.nn.functional.scaled_dot_product_attention(
        query, key.repeat_interleave(2, 1), value.repeat_interleave(2, 1), attn_mask=mask
    )
    found, _ = attention.causal_blocks(torch.nn.Module(), query, key, value, mask if masked else None)
    torch.testing.assert_close(found.transpose(1, 2), expected, atol=1e-5, rtol=1e-4)
