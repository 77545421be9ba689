// Actions of operators: asked about, sent, and told what came of it.
import { $, h, setText } from "./dom.js";

const ACTIONS = {
  pause: { label: "Pause", ask: "Pause training?", text: "No new step begins; trainers keep what they hold and wait. Resume goes on where it stopped.", yes: "Pause" },
  resume: { label: "Resume", ask: "Go on with training?", text: "The next step begins at once.", yes: "Resume", primary: true },
  checkpoint: { label: "Checkpoint now", ask: "Write a checkpoint now?", text: "It is written beside training, after the step that is under way.", yes: "Write" },
  drain: { label: "Drain", ask: (about) => `Drain ${about.trainer}?`, text: "It leaves between two steps; the others take over its part. It is not started again before Recall.", yes: "Drain", danger: true },
  recall: { label: "Recall", ask: (about) => `Call ${about.trainer} back?`, text: "The run starts it again, and it takes part between two steps. One that came by itself has to be started where it ran.", yes: "Recall", primary: true },
  rollback: { label: "Roll back", ask: (about) => `Roll back to ${about.checkpoint}?`, text: "This checkpoint becomes the current one, which pictures are drawn from and evaluations take. Later ones stay on disk.", yes: "Roll back", danger: true },
  retry: { label: "Retry quarantined", ask: "Try quarantined images again?", text: "Each is read again from its source by the rules of now. What fails again stays put aside.", yes: "Retry" },
};

export function button(state, action, about = {}, size = "") {
  const spec = ACTIONS[action];
  const offer = (state.actions ?? []).find((one) => one.action === action);
  const why = state.who && state.who.role !== "operator" ? "This needs the role operator." : offer ? offer.why : "Not known yet.";
  const possible = Boolean(offer?.possible) && state.who?.role === "operator";
  return h("button", { type: "button", class: size, disabled: !possible, title: possible ? null : why, "data-key": [action, ...Object.values(about)].join("-"), "data-action": action,
    onclick: () => ask(action, about) }, spec.label);
}

function ask(action, about) {
  const spec = ACTIONS[action];
  const dialog = $("confirm");
  setText($("confirm-title"), typeof spec.ask === "function" ? spec.ask(about) : spec.ask);
  setText($("confirm-text"), spec.text);
  setText($("confirm-yes"), spec.yes);
  $("confirm-yes").className = spec.danger ? "danger" : "primary";
  dialog.returnValue = "no";
  dialog.onclose = () => { if (dialog.returnValue === "yes") send(action, about); };
  dialog.showModal();
  $("confirm-no").focus();
}

async function send(action, about) {
  toast(ACTIONS[action].label + "…");
  try {
    const answer = await fetch("api/actions/" + action, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(about) });
    const { message } = await answer.json();
    toast(message);
  } catch {
    toast("The server cannot be reached.");
  }
}

let hiding;
export function toast(text) {
  setText($("toast"), text);
  $("toast").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { $("toast").hidden = true; }, 6000);
}
