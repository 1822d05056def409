import type { ComponentChildren, Ref } from "preact";

interface SectionProps {
  title: string;
  heading?: Ref<HTMLHeadingElement>;
  /** What stands beside the title. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}

/** A part of a finding under a title of its own. */
export function Section({ title, heading, beside, children }: SectionProps) {
  return (
    <section class="mq-section" aria-label={title}>
      <div class="mq-section-head">
        <h4 ref={heading ?? null} tabIndex={-1}>
          {title}
        </h4>
        {beside}
      </div>
      {children}
    </section>
  );
}
