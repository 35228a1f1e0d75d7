import pytest
import torch

from llamoco_lib.training import encoding, tuning


def test_answer_is_fenced_and_ends(tiny, pairs):
    _, tokenizer = tiny
    row = encoding.encode_pairs(tokenizer, pairs.head(1))[0]
    assert row.answer[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(row.answer[:-1]) == f"```python\n{pairs['program'][0].rstrip()}\n```"
    assert tokenizer.decode(row.prompt) == pairs["prompt"][0] + "\n"


def test_chat_format_where_the_tokenizer_has_one(tiny):
    _, tokenizer = tiny
    tokenizer.chat_template = "{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}[assistant]"
    assert encoding.prompt_text(tokenizer, "minimize") == "[user] minimize[assistant]"


def test_labels_are_the_answers_tokens_and_nothing_else(tiny, pairs):
    rows = encoding.encode_pairs(tiny[1], pairs.head(5))
    batch = encoding.collate(rows)
    assert batch["input_ids"].shape == batch["labels"].shape
    assert batch["input_ids"].shape[1] % encoding.BUCKET == 0
    for row, labels, ids in zip(rows, batch["labels"], batch["input_ids"], strict=True):
        counted = labels != encoding.IGNORED
        assert tuple(labels[counted].tolist()) == row.answer
        assert counted.nonzero()[0].item() == len(row.prompt)
        assert tuple(ids[: len(row)].tolist()) == row.prompt + row.answer


def test_loss_is_of_the_answer_only(tiny, pairs):
    """The loss equals the mean of -log p of the answer's tokens, end included, each given what stands before it."""
    model, tokenizer = tiny
    model.eval()
    row = encoding.encode_pairs(tokenizer, pairs.head(1))[0]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([row.prompt + row.answer])).logits[0]
        places = torch.arange(len(row.prompt) - 1, len(row) - 1)
        expected = -torch.log_softmax(logits[places], -1)[torch.arange(len(places)), torch.tensor(row.answer)].mean()
        assert tuning.answer_loss(model, encoding.collate([row])).item() == pytest.approx(expected.item(), abs=1e-5)


def test_padding_changes_nothing(tiny, pairs):
    """A row has the same logits alone as beside a longer one."""
    model, tokenizer = tiny
    model.eval()
    short, long = sorted(encoding.encode_pairs(tokenizer, pairs), key=len)[:: len(pairs) - 1]
    far = encoding.Encoded(long.prompt * 3, long.answer)
    with torch.no_grad():
        alone, wanted = tuning.answer_logits(model, encoding.collate([short]))
        beside, both = tuning.answer_logits(model, encoding.collate([short, far]))
    assert encoding.collate([short, far])["input_ids"].shape[1] > encoding.collate([short])["input_ids"].shape[1]
    torch.testing.assert_close(beside[: len(alone)], alone, atol=1e-5, rtol=1e-4)
    assert both[: len(wanted)].tolist() == wanted.tolist()


def test_too_long_rows_are_left_out_and_none_is_cut(tiny, pairs):
    rows = encoding.encode_pairs(tiny[1], pairs)
    middle = sorted(map(len, rows))[len(rows) // 2]
    kept = encoding.fitting(rows, middle)
    assert [len(rows[place]) <= middle for place in range(len(rows))] == [place in kept for place in range(len(rows))]
    with pytest.raises(ValueError, match=f"max_tokens = 3 drops all {len(rows)} pairs"):
        encoding.fitting(rows, 3)
