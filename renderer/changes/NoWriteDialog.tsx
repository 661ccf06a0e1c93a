/** Write access cannot be had in place: why, and the way that ends this grant first. */
import { Dialog } from '../ui/Dialog.tsx';

export const NoWriteDialog = (props: {
  readonly why: string;
  readonly onOther: () => void;
  readonly onNo: () => void;
}) => (
  <Dialog
    title="No write access in this grant"
    action="Hand back and ask…"
    stay="Keep reading"
    onYes={props.onOther}
    onNo={props.onNo}
  >
    <p>{props.why}.</p>
    <p className="muted">
      You can hand this grant back and ask for another one, with another severity. You are asked once more.
    </p>
  </Dialog>
);
