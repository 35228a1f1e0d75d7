import copy

import pytest
import torch

from llamoco_lib.programs.generate import generate
from llamoco_lib.training import backbones
from llamoco_lib.training.encoding import encode_prompts

PROMPTS = ["minimize x", "minimize the sum of all x_i squared, for a dimension of twelve", "f(x) = 3", "y" * 90]


@pytest.fixture(scope="module")
def model_and_tokenizer():
    return backbones.load_backbone(backbones.TINY, PROMPTS, seed=4, number_format="fp32")


def greedy(model, tokenizer, prompt, limit):
    """The plain way: the whole sequence anew for every token."""
    ids = list(encode_prompts(tokenizer, [prompt])[0])
    start = len(ids)
    while len(ids) - start < limit:
        with torch.no_grad():
            ids.append(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax().item())
        if ids[-1] == tokenizer.eos_token_id:
            break
    return ids[start:]


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_batched_answers_are_the_plain_greedy_ones(model_and_tokenizer, batch_size):
    model, tokenizer = model_and_tokenizer
    found = generate(model, tokenizer, PROMPTS, max_new_tokens=70, batch_size=batch_size)
    for prompt, answer in zip(PROMPTS, found, strict=True):
        expected = greedy(model, tokenizer, prompt, 70)
        assert answer.text == tokenizer.decode(expected, skip_special_tokens=True)
        assert answer.n_new_tokens == len(expected)
        assert answer.n_prompt_tokens == len(encode_prompts(tokenizer, [prompt])[0])


def test_rows_that_end_leave_the_others_alone(model_and_tokenizer):
    """With a token of the first answer as end token, answers end at different places."""
    model, tokenizer = model_and_tokenizer
    plain = [greedy(model, tokenizer, prompt, 30) for prompt in PROMPTS]
    end = plain[0][5]
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.eos_token_id = end
    found = generate(model, tokenizer, PROMPTS, max_new_tokens=30, batch_size=4)
    for tokens, answer in zip(plain, found, strict=True):
        finished = end in tokens
        assert answer.finished == finished
        assert answer.n_new_tokens == (tokens.index(end) + 1 if finished else 30)


def test_sampling_follows_its_seed(model_and_tokenizer):
    model, tokenizer = model_and_tokenizer
    first, again, other = (
        [answer.text for answer in generate(model, tokenizer, PROMPTS, 20, 4, temperature=1.0, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_mode_of_the_model_is_kept(model_and_tokenizer):
    model, tokenizer = model_and_tokenizer
    model.train()
    generate(model, tokenizer, PROMPTS[:1], 2, 1)
    assert model.training
    model.eval()


def test_nothing_asked_nothing_answered(model_and_tokenizer):
    assert generate(*model_and_tokenizer, [], 5, 2) == []


def test_negative_temperature_is_refused(model_and_tokenizer):
    with pytest.raises(ValueError, match="temperature is -1.0"):
        generate(*model_and_tokenizer, PROMPTS, 5, 2, temperature=-1.0)
